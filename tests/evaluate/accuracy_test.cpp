#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "evaluate/evaluation.h"

namespace zsq::evaluate {
namespace {

/// Logits whose largest is that of these classes, of three.
Predictions saying(const std::vector<std::int64_t>& classes, const std::vector<std::int64_t>& labels = {}) {
  Predictions all{3, {}, labels};
  for (const std::int64_t c : classes)
    for (std::int64_t i = 0; i < 3; ++i) all.logits.push_back(i == c ? 1 : 0);
  return all;
}

TEST(Accuracy, CountsWhatIsLostAndWhatIsGained) {
  const std::vector<std::int64_t> labels{0, 1, 2, 0};
  const Accuracy a = compare(saying({0, 2, 2, 1}, labels), saying({0, 1, 0, 1}, labels));
  EXPECT_EQ(a.images, 4);
  EXPECT_EQ(a.top1, 50);
  EXPECT_EQ(a.float_top1, 50);
  EXPECT_EQ(a.agreement, 50);
  EXPECT_EQ(a.lost, 1);    // the second
  EXPECT_EQ(a.gained, 1);  // the third
  EXPECT_EQ(a.classes, 3);
  EXPECT_EQ(a.covered, 3);
}

TEST(Accuracy, WithoutLabelsIsOnlyAgreement) {
  const Accuracy a = compare(saying({0, 1}), saying({0, 2}));
  EXPECT_EQ(a.agreement, 50);
  EXPECT_EQ(a.top1, 0);
}

TEST(Accuracy, MeasuresLogitsInDecibels) {
  const Predictions wanted{2, {3, 4}}, got{2, {3, 4.5}};
  EXPECT_DOUBLE_EQ(compare(got, wanted).sqnr_db, 20);  // 25 to 0.25
  EXPECT_EQ(compare(wanted, wanted).sqnr_db, 200);
}

TEST(FirstClass, OfEqualLogitsIsTheFirst) { EXPECT_EQ(first_class(std::vector<double>{1, 2, 2}), 1); }

/// Wilson's interval of 90 in 100 is 82.56 to 94.48 (Brown, Cai and DasGupta 2001, equation 4).
TEST(Accuracy, HasWilsonsInterval) {
  EXPECT_EQ(with_interval(90, 100), "90.00 ± 5.96");
  EXPECT_EQ(with_interval(100, std::int64_t{1} << 40), "100.00 ± 0.00");
}

TEST(Evaluation, SaysTheSameAsTextAndAsJson) {
  const Accuracy a{
      .images = 200, .top1 = 91.5, .float_top1 = 92, .agreement = 99.5, .lost = 1, .sqnr_db = 33.25};
  const Evaluation integer{a, "cpu", 1.5};
  const std::string text = to_text(integer);
  for (const char* part :
       {"float", "92.00", "integer, cpu", "91.50", "99.50", "33.2", "200 images", "drop 0.50"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " is missing in\n" << text;
  const nlohmann::json facts = to_json(integer);
  EXPECT_EQ(facts.at("top1"), 91.5);
  EXPECT_EQ(facts.at("float_top1"), 92);
  EXPECT_EQ(facts.at("images"), 200);
  EXPECT_EQ(facts.at("device"), "cpu");
  EXPECT_EQ(to_text({a, "float", 1}).find("integer"), std::string::npos);
  const Evaluation alone{a, "cpu", 1, /*beside_float=*/false};
  EXPECT_EQ(to_text(alone).find("float"), std::string::npos);
  EXPECT_FALSE(to_json(alone).contains("float_top1"));
  EXPECT_EQ(to_json(alone).at("top1"), 91.5);
  const Accuracy some{.images = 7, .classes = 10, .covered = 2};
  EXPECT_NE(to_text({some, "float", 1}).find("7 images of 2 of the 10 classes"), std::string::npos);
}

}  // namespace
}  // namespace zsq::evaluate
