#include "apps/interrupt.h"

#include <csignal>

#include "synth/progress.h"

namespace zsq::apps {
namespace {

volatile std::sig_atomic_t pressed = 0;  // NOLINT: a signal handler has nothing else to write to

extern "C" void on_interrupt(int) {
  pressed = 1;
  std::signal(SIGINT, SIG_DFL);
}

}  // namespace

void catch_interrupts() {
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
}

bool is_interrupted() { return pressed != 0; }

void stop_if_interrupted() {
  if (is_interrupted()) throw synth::Interrupted();
}

}  // namespace zsq::apps
