#pragma once

#include <filesystem>

#include "report/card.h"
#include "runtime/plan_file.h"

namespace zsq::apps {

/// What a plan tells of itself: its steps, and the recipe that zsq quantize put into it. Of another program's
/// plan the card says less.
report::Card card_of(const runtime::PlanFile& file);

/// Adds a section's facts; those of the same name are replaced.
void add(report::Card& card, const std::string& section, const nlohmann::json& facts);

/// The words of the survey that label a run, for people; `zsq help terms` explains them.
std::string vocabulary_line(const report::Card& card);

/// This machine, as far as it decides time and memory.
nlohmann::json machine_facts();

/// "X.card.json" beside "X.zsq", and "X.card.md" beside that.
std::filesystem::path card_path(const std::filesystem::path& plan);
std::filesystem::path markdown_path(const std::filesystem::path& card);

/// Both files, each as a whole. Throws Error (Fault::data) where they cannot be written.
void write_card(const report::Card& card, const std::filesystem::path& path);

}  // namespace zsq::apps
