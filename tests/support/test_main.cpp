// The main of every test program: each process gets a temporary folder of its own, so that tests which ctest runs side
// by side never meet in a file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "commands/restart.h"

int main(int count, char** arguments) {
  terrace::restart_with_better_matrix_kernels(arguments);
  testing::InitGoogleMock(&count, arguments);
  std::string folder = (std::filesystem::temp_directory_path() / "terrace_test_XXXXXX").string();
  if (!mkdtemp(folder.data())) return 1;
  for (const char* variable : {"TEST_TMPDIR", "TMPDIR"}) setenv(variable, (folder + "/").c_str(), 1);
  const int result = RUN_ALL_TESTS();
  std::filesystem::remove_all(folder);
  return result;
}
