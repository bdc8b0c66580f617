#pragma once

#include <atomic>

namespace zsq::apps {

/// From now on Ctrl-C asks the running command to stop; a second one ends the process at once.
void catch_interrupts();

bool is_interrupted();

/// What Ctrl-C sets. A shared library that has this file too, and a flag of its own, watches the program's.
std::atomic<bool>& interrupt_flag();
void watch_interrupts_at(std::atomic<bool>& flag);

/// Throws Interrupted where Ctrl-C was pressed. Nothing that writes a file lies between two of these
/// calls, so an interrupted command leaves nothing behind.
void stop_if_interrupted();

}  // namespace zsq::apps
