#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "apps/arguments.h"
#include "apps/search_goals.h"
#include "graph/preprocessing.h"
#include "search/hessian.h"
#include "search/search.h"

/// What zsq search measures.
namespace zsq::apps {

/// What a search goes by.
struct Job {
  Graph prepared;
  Preprocessing pixels;
  int threads = 1;
  std::string path;  // of the cpu
  std::function<void(const std::string&)> told;
};

/// A network with its images, weights at all widths, and what each loses and costs.
struct Ready {
  search::LossMeter meter, held_back;  // all images; those that nothing was fitted on, where there are some
  search::Candidates candidates;
  search::Measured measured;
  std::map<search::Measure, search::Sensitivity> by_measure;
  std::optional<search::Probing> probing;
  double seconds = 0;
};

/// Throws Error (Fault::target) before minutes are spent on sensitivities where what is asked for cannot be
/// reached.
Ready ready_for(const Job& job, const search::Space& space, const torch::Tensor& images,
                const Arguments& arguments, const AskedGoals& asked);

/// Of --sensitivity.
search::Measure measure_from(const Arguments& arguments);

/// What a choice of widths costs and loses.
struct Row {
  std::string name;
  search::Widths widths;
  search::Loss loss;
  double latency = 0;  // measured, seconds; 0: not
};

/// Whether costs of this kind were measured.
bool is_known(const search::Measured& measured, search::Cost cost);

/// Measures them, in the order of their names.
void measure_rows(std::vector<Row>& rows, const Ready& ready, const Job& job);

/// The fewest bits with which no more than `most` per cent of the images held back have another class;
/// `found` is told of each choice on the way that does, and its drop. Throws Error (Fault::target) where the
/// most bits drop more.
search::Widths within_drop(const Ready& ready, const std::vector<search::Goal>& goals, double most,
                           const std::function<void(const search::Widths&, double drop)>& found,
                           const Job& job);

}  // namespace zsq::apps
