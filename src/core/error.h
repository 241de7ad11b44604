// The errors that the library throws; commands/main.cpp alone turns them into text and an exit code.
// Text: what is wrong, with the value and the place (why it is wrong). What to try?
#pragma once

#include <stdexcept>
#include <string>

namespace terrace {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A setting or argument of the user's that cannot be used.
class InputError : public Error {
 public:
  using Error::Error;
};

/// A file of the user's that is missing, cut short or not what it says.
class FileError : public Error {
 public:
  using Error::Error;
};

/// Memory or disk that is not there.
class ResourceError : public Error {
 public:
  using Error::Error;
};

}  // namespace terrace
