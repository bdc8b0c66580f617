#include "evaluate/detail.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "evaluate/evaluation.h"

namespace zsq::evaluate {
namespace {

using nlohmann::json;

TEST(TopN, CountsPlacesAndBreaksTiesByClass) {
  const Predictions got{4, {3, 2, 1, 0, /**/ 1, 1, 1, 0, /**/ 0, 5, 4, 4}, {1, 2, 3}};
  EXPECT_DOUBLE_EQ(top_n(got, got, 1).accuracy, 0);
  EXPECT_DOUBLE_EQ(top_n(got, got, 2).accuracy, 100.0 / 3);  // the first image
  EXPECT_DOUBLE_EQ(top_n(got, got, 3).accuracy, 100);        // places 2, 3 and 3
  EXPECT_DOUBLE_EQ(top_n(got, got, 4).float_accuracy, 100);
}

TEST(PerClass, TellsEachClassThatHasImages) {
  const Predictions got{3, {1, 0, 0, /**/ 0, 1, 0, /**/ 0, 0, 1}, {0, 0, 2}};
  const Predictions in_float{3, {1, 0, 0, /**/ 1, 0, 0, /**/ 0, 1, 0}, {0, 0, 2}};
  const auto classes = per_class(got, in_float, {"cat", "dog", "cow"});
  EXPECT_EQ(to_json(classes, Networks::both), (json{{{"class", 0},
                                                     {"label", "cat"},
                                                     {"images", 2},
                                                     {"top1", 50.0},
                                                     {"float_top1", 100.0},
                                                     {"lost", 1},
                                                     {"gained", 0}},
                                                    {{"class", 2},
                                                     {"label", "cow"},
                                                     {"images", 1},
                                                     {"top1", 100.0},
                                                     {"float_top1", 0.0},
                                                     {"lost", 0},
                                                     {"gained", 1}}}));
  const std::string alone = to_text(per_class(got, in_float, {}), Networks::integers);
  EXPECT_EQ(alone.find("name"), std::string::npos) << alone;
  EXPECT_EQ(alone.find("float"), std::string::npos) << alone;
}

TEST(Evaluation, OfOneNetworkSpeaksOfNoOtherRow) {
  const Accuracy a{.images = 5, .classes = 3, .top1 = 80, .float_top1 = 80};
  const std::string same = "the same for each row";
  EXPECT_EQ(to_text({a, "float", 1}).find(same), std::string::npos);
  EXPECT_EQ(to_text({a, "cpu", 1, /*beside_float=*/false}).find(same), std::string::npos);
  EXPECT_NE(to_text({a, "cpu", 1}).find(same), std::string::npos);
}

TEST(Evaluation, WithoutLabelsSaysNothingOfAccuracy) {
  const Accuracy a{.images = 5, .classes = 3, .labelled = false, .agreement = 80, .sqnr_db = 20.5};
  const std::string text = to_text(Evaluation{a, "cpu", 1});
  EXPECT_EQ(text.find("top-1"), std::string::npos) << text;
  for (const char* part : {"80.00", "20.5", "5 images"})
    EXPECT_NE(text.find(part), std::string::npos) << text;
  EXPECT_EQ(to_json(Evaluation{a, "cpu", 1}), (json{{"agreement", 80.0},
                                                    {"sqnr_db", 20.5},
                                                    {"images", 5},
                                                    {"classes", 3},
                                                    {"device", "cpu"},
                                                    {"seconds", 1.0}}));
}

}  // namespace
}  // namespace zsq::evaluate
