#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "evaluate/paired_test.h"
#include "report/pages.h"

namespace zsq::report {

/// One run of a sweep: another setting with one thing changed.
struct SweepRow {
  std::string trade_off, setting;  // "granularity", "one scale for a tensor"
  std::size_t against = 0;         // the row before it that it is compared with
  bool is_method = false;          // what papers compare, rather than what confounds them
  std::string key;                 // of everything that decided it, so that it is not run twice
  std::int64_t images = 0;
  double top1 = 0, agreement = 0, sqnr_db = 0;  // per cent, per cent, dB
  double weight_bits = 0, activation_bits = 0;  // on average
  std::string right;                            // a character for each image, '1' where it was right
  double seconds = 0;
};

/// Garg et al. 2021: what each choice beside the method does to the same network on the same images.
struct Sweep {
  std::string network, data;
  double float_top1 = 0;
  std::vector<SweepRow> rows;
  bool is_ablation() const;  // of methods alone, step by step
};

/// Points of top-1 that a row has over another, with the half width of the 95 % interval of a paired
/// difference, and McNemar's test.
struct SweepDifference {
  double points = 0, half_width = 0;
  evaluate::PairedTest test;
};
SweepDifference difference(const SweepRow& other, const SweepRow& row);

std::string to_text(const Sweep& sweep);
Section sweep_section(const Sweep& sweep);

/// A sweep as a file, which is read again to go on with. sweep_from throws Error (Fault::data) naming `who`.
nlohmann::json to_json(const Sweep& sweep);
Sweep sweep_from(const std::string& bytes, const std::string& who);

}  // namespace zsq::report
