#include "tests/e2e/facts.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/sample.h"

namespace zsq::e2e {

nlohmann::json expect_facts(const Ended& ended, const std::vector<std::string>& keys) {
  EXPECT_EQ(ended.code, 0) << ended.err;
  const nlohmann::json facts = nlohmann::json::parse(ended.out, nullptr, /*allow_exceptions=*/false);
  EXPECT_TRUE(facts.is_object()) << ended.out;
  for (const std::string& key : keys)
    EXPECT_TRUE(facts.contains(key)) << key << " is missing in " << ended.out;
  return facts;
}

void write_labelled(const Folder& folder, const std::string& name, int each) {
  const Sample& s = sample();
  for (int label = 0; label < s.classes; ++label)
    for (int i = 0; i < each; ++i)
      folder.write(name + "/" + std::to_string(label) + "/" + std::to_string(i) + ".ppm",
                   ppm(s.height, s.width, static_cast<unsigned>(label * each + i)));
}

}  // namespace zsq::e2e
