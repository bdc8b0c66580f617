#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "graph/array.h"
#include "graph/text_table.h"
#include "synth/progress.h"

namespace zsq::apps {

/// A word as a shell takes it: quoted where it must be.
std::string shell_word(const std::string& word);

/// "3x32x32": channels, rows, columns.
std::string size_of(const Shape& shape);

/// A JSON value over several lines. Bytes that are not UTF-8, as in names of files, become U+FFFD.
std::string text_of(const nlohmann::json& value);

/// This process's largest resident memory so far, in MB.
double peak_rss_mb();

/// What a long command says of itself on stderr: on a terminal a line that overwrites itself, with a bar, and
/// never wider than the terminal; else a line every few seconds; nothing when quiet.
class Status {
 public:
  explicit Status(bool quiet);
  ~Status();
  Status(const Status&) = delete;
  Status& operator=(const Status&) = delete;

  void say(const std::string& line);                     // a line that stays
  void progress(const std::string& line);                // one that the next replaces
  void progress(const std::string& line, double share);  // share: of the work that is done, 0..1
  void warn(const std::string& line);                    // shown even when quiet
  synth::ProgressCallback for_synthesis();               // stops where Ctrl-C was pressed

  void clear();                          // the line that stands goes away
  void result(const std::string& text);  // on stdout, after clear()

 private:
  bool is_due();
  void show(const std::string& line);

  bool quiet_, terminal_, pending_ = false;
  double last_ = -1e9;  // seconds, of the steady clock
};

}  // namespace zsq::apps
