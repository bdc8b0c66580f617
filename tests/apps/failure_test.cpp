#include <algorithm>
#include <filesystem>
#include <new>
#include <system_error>

#include <c10/util/Exception.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <torch/types.h>

#include "apps/torch_failure.h"
#include "graph/check.h"
#include "graph/interrupted.h"

/// Whatever comes up to main ends as one sentence, without another library's text or place.
namespace zsq::apps {
namespace {

template <class Work>
void expect_failure(int code, const std::string& part, const Work& work) {
  Failure failure{};
  try {
    work();
    FAIL() << "nothing was thrown";
  } catch (...) {
    failure = failure_with_torch(std::current_exception());
  }
  EXPECT_EQ(failure.code, code) << failure.sentence;
  EXPECT_NE(failure.sentence.find(part), std::string::npos) << failure.sentence;
  EXPECT_TRUE(std::ranges::none_of(failure.sentence, [](unsigned char c) { return c < 32 || c == 127; }))
      << failure.sentence;
  for (const char* foreign : {"c10", "frame #", ".cpp", "Exception raised", "json.exception", "OpenCV("})
    EXPECT_EQ(failure.sentence.find(foreign), std::string::npos) << failure.sentence;
}

TEST(FailureOf, OurOwnErrors) {
  expect_failure(5, "a b [2J", [] { fail(Fault::data, "a\nb\x1b[2J"); });
  expect_failure(4, "prelu", [] { fail(Fault::unsupported, "prelu"); });
  expect_failure(130, "interrupted", [] { throw Interrupted(); });
}

TEST(FailureOf, TheLanguages) {
  expect_failure(8, "memory", [] { throw std::bad_alloc(); });
  expect_failure(8, "memory", [] { std::vector<char>().reserve(~std::size_t{0}); });
  expect_failure(5, "/missing/x: No such file",
                 [] { static_cast<void>(std::filesystem::file_size("/missing/x")); });
  expect_failure(8, "temporarily unavailable", [] {
    throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again), "thread");
  });
  expect_failure(1, "zsq's", [] { throw std::out_of_range("map::at"); });
  expect_failure(1, "zsq's", [] { throw 7; });
}

TEST(FailureOf, OtherLibraries) {
  expect_failure(3, "JSON", [] { static_cast<void>(nlohmann::json::object().at("x")); });
  expect_failure(3, "JSON", [] { static_cast<void>(nlohmann::json("\xFF").dump()); });
  expect_failure(5, "image", [] { CV_Error(cv::Error::StsBadArg, "of\ntwo lines"); });
  expect_failure(8, "LibTorch could not finish", [] { torch::ones({2}) + torch::ones({3}); });
  expect_failure(8, "not enough memory", [] { torch::empty({1LL << 50}); });
}

}  // namespace
}  // namespace zsq::apps
