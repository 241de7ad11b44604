// The programs `terrace` and `terrace-learn`: parse, run one subcommand, turn errors into a line and an exit code.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "commands/command.h"
#include "commands/wisdom_cache.h"
#include "core/error.h"

namespace terrace {
namespace {

constexpr int user_must_act = 2, our_fault = 1;

int complain(int code, std::string_view what) {
  fmt::print(stderr, "terrace: {}\n", what);
  return code;
}

/// Hands the whole command line to the program `terrace-learn` that lies beside this one, so that libtorch is loaded
/// only where it is used. Returns only on failure.
int run_sister_program(char** arguments) {
  const auto sister = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "terrace-learn";
  execv(sister.c_str(), arguments);
  return complain(user_must_act, fmt::format("'{}' needs the program {}, which cannot be started. Was terrace built "
                                             "without learning? Build with -DTERRACE_WITH_LEARNING=ON.",
                                             arguments[1], sister.string()));
}

int run(int count, char** arguments) {
  CLI::App app{"Terrace reads the buried structure of an oxide interface from a 4D-STEM scan.", "terrace"};
  app.set_version_flag("--version", "terrace " TERRACE_VERSION);
  app.require_subcommand(1);
  for (const auto& command : commands()) {
    if (!command.add && count > 1 && command.name == arguments[1]) return run_sister_program(arguments);
    auto* sub = app.add_subcommand(command.name, command.summary);
    if (command.add) command.add(*sub);
  }
  try {
    const WisdomCache wisdom;
    app.parse(count, arguments);
    return 0;
  } catch (const CLI::Success& request) {  // --help, --version
    return app.exit(request);
  } catch (const CLI::ParseError& error) {
    return complain(user_must_act, fmt::format("{} Try 'terrace --help' or 'terrace COMMAND --help'.", error.what()));
  }
}

}  // namespace
}  // namespace terrace

int main(int count, char** arguments) {
  using namespace terrace;
  try {
    return run(count, arguments);
  } catch (const InputError& error) {
    return complain(user_must_act, error.what());
  } catch (const FileError& error) {
    return complain(user_must_act, error.what());
  } catch (const ResourceError& error) {
    return complain(user_must_act, error.what());
  } catch (const std::bad_alloc&) {
    return complain(user_must_act, "not enough memory. Try fewer pixels, positions or threads.");
  } catch (const std::exception& error) {
    return complain(our_fault, fmt::format("internal error: {}", error.what()));
  }
}
