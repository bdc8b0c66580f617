#pragma once

#include <string>
#include <vector>

#include "graph/check.h"

namespace zsq {

/// A place in a model where it asks for something zsq does not do.
struct Unsupported {
  std::string name;    // of the node it would be
  std::string op;      // what the model calls it: "prelu"
  std::string reason;  // a sentence for the user
};

/// All such places of one model. what() is the first one's sentence and says how many more there are.
class UnsupportedError : public Error {
 public:
  /// `who` stands before the sentence. all is not empty.
  UnsupportedError(const std::string& who, std::vector<Unsupported> all)
      : Error(Fault::unsupported, sentence(who, all)), all_(std::move(all)) {}

  const std::vector<Unsupported>& all() const { return all_; }

 private:
  static std::string sentence(const std::string& who, const std::vector<Unsupported>& all) {
    std::string text = who + all.front().reason;
    if (all.size() > 1)
      text += "; zsq inspect lists this and " + std::to_string(all.size() - 1) + " more such places";
    return text;
  }

  std::vector<Unsupported> all_;
};

}  // namespace zsq
