#include "apps/interrupt.h"

#include <atomic>
#include <csignal>

#include "graph/interrupted.h"

namespace zsq::apps {
namespace {

std::atomic<bool> pressed = false;
static_assert(
    std::atomic<bool>::is_always_lock_free);  // what a signal handler may write to, and workers read

std::atomic<bool>* watched = &pressed;

extern "C" void on_interrupt(int) {
  pressed = true;
  std::signal(SIGINT, SIG_DFL);
}

}  // namespace

void catch_interrupts() {
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
}

bool is_interrupted() { return *watched; }

std::atomic<bool>& interrupt_flag() { return *watched; }

void watch_interrupts_at(std::atomic<bool>& flag) { watched = &flag; }

void stop_if_interrupted() {
  if (is_interrupted()) throw Interrupted();
}

}  // namespace zsq::apps
