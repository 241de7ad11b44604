#include "commands/interruption.h"

#include <csignal>

namespace terrace {
namespace {

volatile std::sig_atomic_t noted = 0;

void note(int signal) {
  noted = signal;
  std::signal(signal, SIG_DFL);
}

}  // namespace

InterruptionWatch::InterruptionWatch() {
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, note);
}

InterruptionWatch::~InterruptionWatch() {
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, SIG_DFL);
}

void throw_if_interrupted() {
  if (noted != 0) throw Interrupted(noted);
}

}  // namespace terrace
