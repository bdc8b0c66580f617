#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evaluate/comparison.h"
#include "evaluate/evaluation.h"
#include "report/card.h"
#include "report/document.h"
#include "report/study.h"

/// Typed facts as sections of a report.
namespace zsq::report {

/// A card's facts under their headings.
Section card_section(const Card& card);

Section commands_section(std::vector<std::string> lines);

/// How the tensors lie along the depth, what goes wrong where, the histogram of each, advice.
std::vector<Section> study_sections(const Study& study);

/// One step of the quantizer, as its report has it.
struct StepFacts {
  std::string name;
  std::optional<double> sqnr_db;
  bool kept = true;
  double seconds = 0;
};
Section steps_section(const std::vector<StepFacts>& steps);

/// Accuracy beside float's, and by class where that was asked for.
Section evaluation_section(const evaluate::Evaluation& evaluation);

Section comparison_section(const evaluate::Comparison& comparison);

/// The fit of one batch norm.
struct FitFacts {
  std::string name;
  double mean_error = 0, std_error = 0;  // mean over channels, in stored deviations
};
Section fit_section(const std::vector<FitFacts>& fit);

}  // namespace zsq::report
