#pragma once

#include "apps/arguments.h"
#include "evaluate/evaluation.h"
#include "images/image_set.h"
#include "report/card.h"
#include "runtime/plan_file.h"

namespace zsq::apps {

/// Before the work: throws Error where --card FILE, or a report, cannot be written, or is there and --force
/// was not given.
void check_card_options(const Arguments& arguments);

/// The card of a plan, with what zsq quantize wrote beside it, if that is this plan's.
report::Card card_beside(const std::filesystem::path& plan, const runtime::PlanFile& file);

struct EvaluatedCard {
  report::Card card;  // of the network, with nothing about an evaluation
  const images::ImageSet& set;
  const evaluate::Evaluation& evaluation;
  const evaluate::Predictions& predictions;
};

/// Writes --card FILE and the report, where they were asked for.
void write_evaluated_card(EvaluatedCard evaluated, const Arguments& arguments);

}  // namespace zsq::apps
