// The programs `terrace` and `terrace-learn`: parse, run one subcommand, turn errors into a line and an exit code.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "commands/command.h"
#include "commands/interruption.h"
#include "commands/output_place.h"
#include "commands/restart.h"
#include "core/error.h"
#include "core/nearest_name.h"
#include "dataset/ranks.h"

namespace terrace {
namespace {

constexpr int user_must_act = 2, our_fault = 1;

/// One line, whatever a library puts into its message.
int complain(int code, std::string what) {
  std::replace(what.begin(), what.end(), '\n', ' ');
  fmt::print(stderr, "terrace: {}\n", what);
  return code;
}

/// The first line alone: libtorch appends the calls that led to the fault.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// Hands the whole command line to the program `terrace-learn` that lies beside this one, so that libtorch is loaded
/// only where it is used. Returns only on failure.
int run_sister_program(char** arguments) {
  const auto sister = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "terrace-learn";
  execv(sister.c_str(), arguments);
  return complain(user_must_act, fmt::format("'{}' needs the program {}, which cannot be started. Was terrace built "
                                             "without learning? Build with -DTERRACE_WITH_LEARNING=ON.",
                                             arguments[1], sister.string()));
}

bool has_option(char** arguments, const std::string& option) {
  if (option.empty()) return false;
  for (; *arguments; ++arguments)
    if (*arguments == option || std::string(*arguments).starts_with(option + "=")) return true;
  return false;
}

[[noreturn]] void refuse_unknown_command(const std::string& name) {
  std::vector<std::string> known;
  for (const auto& command : commands()) known.push_back(command.name);
  throw InputError(fmt::format("there is no command '{}'. Did you mean '{}'? 'terrace --help' lists them.", name,
                               nearest_name(name, known)));
}

/// `error` in one sentence; an option that is unknown gets the nearest known one beside it.
std::string parse_complaint(const CLI::App& app, const CLI::ParseError& error) {
  const auto chosen = app.get_subcommands();
  const CLI::App& where = chosen.empty() ? app : *chosen.front();
  const std::string name = chosen.empty() ? "terrace" : "terrace " + where.get_name();
  const auto extra = where.remaining();
  if (extra.empty() || !extra.front().starts_with('-'))
    return fmt::format("{}: {}. Try '{} --help'.", name, error.what(), name);
  std::vector<std::string> known;
  for (const auto* option : where.get_options())
    for (const auto& word : option->get_lnames()) known.push_back("--" + word);
  return fmt::format("{}: there is no option {}. Did you mean {}? Try '{} --help'.", name, extra.front(),
                     nearest_name(extra.front(), known), name);
}

void add_commands(CLI::App& app) {
  for (const auto& command : commands()) {
    auto* sub = app.add_subcommand(command.name, command.summary);
    if (command.add) command.add(*sub);
  }
}

/// Parses and runs. An unfinished command line is a mistake of the user's, as is an unknown word.
int run(int count, char** arguments) {
  CLI::App app{"Terrace reads the buried structure of an oxide interface from a 4D-STEM scan.", "terrace"};
  app.set_help_flag("-h,--help", "show this and stop");
  app.set_version_flag("--version", "terrace " TERRACE_VERSION, "show the version and stop");
  app.require_subcommand(1);
  if (count > 1 && *arguments[1] != '-') {
    const auto all = commands();
    const auto wanted = std::ranges::find(all, arguments[1], &Command::name);
    if (wanted == all.end()) refuse_unknown_command(arguments[1]);
    if (!wanted->add || has_option(arguments, wanted->sister_option)) return run_sister_program(arguments);
  }
  add_commands(app);
  app.footer(
      "A first journey: terrace dataset, train, evaluate; then predict with the model and your own scan.\n"
      "'terrace COMMAND --help' explains a command. Exit codes: 0 done, 2 something for you to put right, 1 a fault of "
      "terrace.");
  try {
    app.parse(count, arguments);
    return 0;
  } catch (const CLI::Success& request) {  // --help, --version
    return app.exit(request);
  } catch (const CLI::ParseError& error) {
    return complain(user_must_act, parse_complaint(app, error));
  }
}

int run_or_complain(int count, char** arguments) {
  try {
    return run(count, arguments);
  } catch (const InputError& error) {
    return complain(user_must_act, error.what());
  } catch (const FileError& error) {
    return complain(user_must_act, error.what());
  } catch (const ResourceError& error) {
    return complain(user_must_act, error.what());
  } catch (const std::filesystem::filesystem_error& error) {
    return complain(user_must_act, fmt::format("'{}' cannot be used ({}). Is the path right, and may you use it?",
                                               error.path1().string(), error.code().message()));
  } catch (const Interrupted& interruption) {
    return complain(128 + interruption.signal, "interrupted; what was half written is removed.");
  } catch (const std::bad_alloc&) {
    return complain(user_must_act, "not enough memory. Try fewer pixels, positions or threads.");
  } catch (const std::exception& error) {
    return complain(our_fault,
                    fmt::format("internal error: {}. Please report it, with the command.", first_line(error.what())));
  }
}

}  // namespace
}  // namespace terrace

int main(int count, char** arguments) {
  terrace::restart_with_better_matrix_kernels(arguments);
  const int code = terrace::run_or_complain(count, arguments);
  if (code != 0) terrace::take_back_empty_folders();
  std::fflush(stdout);
  if (code != 0) terrace::end_all_ranks(code);  // which may wait for this one
  return code;
}
