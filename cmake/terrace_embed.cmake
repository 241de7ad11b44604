# terrace_embed(TARGET SYMBOL FILE): the bytes of FILE become part of TARGET, read through
#   extern const char SYMBOL_begin[], SYMBOL_end[];   (extern "C")
# so that the program needs no data folder beside it. Works with any ELF assembler (x86-64 and 64-bit Arm).
function(terrace_embed target symbol file)
  get_filename_component(path ${file} ABSOLUTE)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.S)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
    .section .rodata
    .balign 16
    .global @symbol@_begin
@symbol@_begin:
    .incbin "@path@"
    .global @symbol@_end
@symbol@_end:
    .byte 0
    .section .note.GNU-stack,"",%progbits
]])
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${path})
  target_sources(${target} PRIVATE ${source})
endfunction()
