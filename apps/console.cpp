#include "apps/console.h"

#include <algorithm>
#include <chrono>
#include <iomanip>
#include <iostream>
#include <sstream>

#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include "apps/interrupt.h"

namespace zsq::apps {
namespace {

constexpr double kSecondsBetweenLines = 5;      // where stderr is no terminal
constexpr double kSecondsBetweenUpdates = 0.1;  // where it is one

bool looks_numeric(const std::string& cell) {
  return !cell.empty() &&
         (std::isdigit(static_cast<unsigned char>(cell[0])) != 0 || cell[0] == '-' || cell[0] == '+');
}

/// Characters, not bytes: "±" is one.
std::size_t width(const std::string& cell) {
  return static_cast<std::size_t>(
      std::ranges::count_if(cell, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::ostringstream out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string gap(widths[i] - width(row[i]), ' ');
      line += (i > 0 ? "  " : "") + (looks_numeric(row[i]) ? gap + row[i] : row[i] + gap);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  }
  return out.str();
}

std::string text_of(const nlohmann::json& value) {
  return value.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string name_values(const std::vector<std::vector<std::string>>& rows) {
  std::size_t widest = 0;
  for (const auto& row : rows) widest = std::max(widest, width(row[0]));
  std::string text;
  for (const auto& row : rows) text += row[0] + std::string(widest + 2 - width(row[0]), ' ') + row[1] + "\n";
  return text;
}

std::string fixed(double value, int decimals) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(decimals) << value;
  return out.str();
}

std::string bytes(std::uintmax_t count) {
  if (count < 1000) return std::to_string(count) + " B";
  const double kilo = static_cast<double>(count) / 1000;
  return kilo < 1000 ? fixed(kilo, 1) + " kB" : fixed(kilo / 1000, 2) + " MB";
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
