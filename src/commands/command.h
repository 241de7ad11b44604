// How a subcommand joins the program: each file of this folder adds one. Only this folder prints.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace terrace {

/// A subcommand: `add` declares its options on `app` and sets the callback that does the work. The callback throws on
/// failure; main turns that into a line on stderr and the exit code.
struct Command {
  std::string name;
  std::string summary;  ///< one line for the list of commands
  void (*add)(CLI::App& app);
  std::string sister_option{};  ///< with this option the sister program runs it
};

/// The commands of this program, and those of its sister beside it (null `add`), in the order of a user's journey.
std::vector<Command> commands();

// One a file; declared here so that the lists stay short.
void add_structure(CLI::App& app);
void add_simulate(CLI::App& app);
void add_info(CLI::App& app);
void add_convert(CLI::App& app);
void add_tailor(CLI::App& app);
void add_dataset(CLI::App& app);
void add_limit(CLI::App& app);
void add_forecast(CLI::App& app);
void add_thickness(CLI::App& app);
void add_train(CLI::App& app);
void add_evaluate(CLI::App& app);
void add_predict(CLI::App& app);

/// Adds --threads, with the default that the machine and Slurm allow.
void add_threads_option(CLI::App& app, int& threads);

/// Adds --max-memory, in GB; 0 (not given) allows anything.
void add_memory_option(CLI::App& app, double& max_memory_gb);
/// Throws InputError with the estimate where it is above the limit; `advice` is what would make it smaller.
void check_memory(double bytes, double max_memory_gb, const std::string& advice);

}  // namespace terrace
