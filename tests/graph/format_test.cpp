#include "graph/format.h"

#include <gtest/gtest.h>

#include "graph/check.h"

namespace zsq {
namespace {

using namespace std::string_literals;

std::string complaint(const std::string& bytes) {
  try {
    detect_format(bytes, "it");
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

bool is_called_text(const std::string& bytes) { return complaint(bytes).starts_with("it is a text file;"); }

TEST(DetectFormat, KnowsText) {
  for (const std::string& text :
       {"hello\r\n\tworld"s, "schön ✓ 𝄞"s, "caf\xC3"s, std::string(511, 'x') + "é", "\xEF\xBB\xBFtext"s})
    EXPECT_TRUE(is_called_text(text)) << text;
}

TEST(DetectFormat, DoesNotCallBinariesText) {
  for (const std::string& bytes : {"\xFF\xFE\xFA\xF0"s, "\xFF"s, "a\x7F"s, "ab\0cd"s, "\xC0\xAF"s,
                                   "\x93\x94"s, "ab\xE2\x28\xA1"s, "\xF8\x88\x80\x80\x80"s, "\x1b[31m"s}) {
    EXPECT_FALSE(is_called_text(bytes)) << bytes;
    EXPECT_NE(complaint(bytes).find("in no format that zsq knows"), std::string::npos) << complaint(bytes);
  }
}

}  // namespace
}  // namespace zsq
