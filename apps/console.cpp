#include "apps/console.h"

#include <algorithm>
#include <chrono>
#include <iostream>

#include <nlohmann/json.hpp>
#include <sys/ioctl.h>
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

/// Of the terminal; 80 where it does not say.
std::size_t columns() {
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return known ? size.ws_col : 80;
}

/// "[======>             ] "
std::string bar(double share) {
  constexpr int kWidth = 20;
  const int done = std::clamp(static_cast<int>(share * kWidth), 0, kWidth);
  std::string drawn(static_cast<std::size_t>(done), '=');
  if (done < kWidth) drawn += '>';
  drawn.resize(kWidth, ' ');
  return "[" + drawn + "] ";
}

}  // namespace

std::string size_of(const Shape& s) {
  return std::to_string(s.c) + "x" + std::to_string(s.h) + "x" + std::to_string(s.w);
}

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

bool Status::is_due() {
  if (quiet_ || now() - last_ < (terminal_ ? kSecondsBetweenUpdates : kSecondsBetweenLines)) return false;
  last_ = now();
  return true;
}

void Status::show(const std::string& line) {
  if (terminal_) {
    std::cerr << "\r\033[K" << line.substr(0, columns() - 1) << std::flush;
    pending_ = true;
  } else {
    std::cerr << line << '\n';
  }
}

void Status::progress(const std::string& line) {
  if (is_due()) show(line);
}

void Status::progress(const std::string& line, double share) {
  if (is_due()) show(terminal_ ? bar(share) + line : line);
}

void Status::result(const std::string& text) {
  clear();
  std::cout << text << std::flush;
}

synth::ProgressCallback Status::for_synthesis() {
  return [this](const synth::Progress& p) {
    const double share = static_cast<double>(p.done) / (static_cast<double>(p.batches) * p.steps);
    progress("synthesis: batch " + std::to_string(p.batch + 1) + "/" + std::to_string(p.batches) + ", step " +
                 std::to_string(p.step) + "/" + std::to_string(p.steps) + ", loss " + fixed(p.loss, 4) +
                 ", " + fixed(p.its_per_second, 2) + " it/s, " + fixed(p.eta_seconds, 0) + " s left",
             share);
    return !is_interrupted();
  };
}

}  // namespace zsq::apps
