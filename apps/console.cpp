#include "apps/console.h"

#include <chrono>
#include <iostream>

#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include "apps/interrupt.h"

namespace zsq::apps {
namespace {

constexpr double kSecondsBetweenLines = 5;      // where stderr is no terminal
constexpr double kSecondsBetweenUpdates = 0.1;  // where it is one

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

std::string shell_word(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:=+@%^";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string text_of(const nlohmann::json& value) {
  return value.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

double peak_rss_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

Status::Status(bool quiet) : quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1) {}

Status::~Status() { clear(); }

void Status::clear() {
  if (pending_) std::cerr << "\r\033[K" << std::flush;
  pending_ = false;
}

void Status::say(const std::string& line) {
  if (quiet_) return;
  clear();
  std::cerr << line << '\n';
}

void Status::warn(const std::string& line) {
  clear();
  std::cerr << "warning: " << line << '\n';
}

void Status::progress(const std::string& line) {
  if (quiet_ || now() - last_ < (terminal_ ? kSecondsBetweenUpdates : kSecondsBetweenLines)) return;
  last_ = now();
  if (terminal_) {
    std::cerr << "\r\033[K" << line << std::flush;
    pending_ = true;
  } else {
    std::cerr << line << '\n';
  }
}

synth::ProgressCallback Status::for_synthesis() {
  return [this](const synth::Progress& p) {
    progress("synthesis: batch " + std::to_string(p.batch + 1) + "/" + std::to_string(p.batches) + ", step " +
             std::to_string(p.step) + "/" + std::to_string(p.steps) + ", loss " + fixed(p.loss, 4) + ", " +
             fixed(p.its_per_second, 2) + " it/s, " + fixed(p.eta_seconds, 0) + " s left");
    return !is_interrupted();
  };
}

}  // namespace zsq::apps
