#include "apps/interrupt.h"

#include <atomic>
#include <csignal>

#include "graph/interrupted.h"

namespace zsq::apps {
namespace {

std::atomic<bool> pressed = false;
static_assert(
    std::atomic<bool>::is_always_lock_free);  // what a signal handler may write to, and workers read

extern "C" void on_interrupt(int) {
  pressed = true;
  std::signal(SIGINT, SIG_DFL);
}

}  // namespace

void catch_interrupts() {
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
}

bool is_interrupted() { return pressed; }

void stop_if_interrupted() {
  if (is_interrupted()) throw Interrupted();
}

}  // namespace zsq::apps
