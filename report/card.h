#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace zsq::report {

/// The version of the form in which cards are written; others are not read.
inline constexpr int kCardVersion = 1;

/// A quantization card (Garg et al. 2021, "Confounding Tradeoffs for Neural Network Quantization"): what a
/// run chose that could decide a comparison, and what came out. Facts lie in sections, {"weights": {"bits":
/// 8}}; card_fields.h says what each is and whether it confounds. Who made the run fills it in.
struct Card {
  nlohmann::json facts = nlohmann::json::object();

  /// The value at "weights.bits"; null where the card does not say.
  nlohmann::json value(std::string_view key) const;
};

/// A card as a file: JSON with a checksum over the facts, so that one changed by hand or by a bad disk is
/// noticed. The same card gives the same bytes.
std::string encode_card(const Card& card);

/// Throws Error (Fault::data), naming `who`, where the bytes are no card, one of another version, or not what
/// was written.
Card decode_card(std::string_view bytes, const std::string& who);

/// As a table for each section: for a terminal, and as Markdown.
std::string to_text(const Card& card);
std::string to_markdown(const Card& card);

/// A value of a card as a person reads it; "not said" for null.
std::string shown(const nlohmann::json& value);

}  // namespace zsq::report
