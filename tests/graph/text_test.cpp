#include "graph/text.h"

#include <gtest/gtest.h>

namespace zsq {
namespace {

using namespace std::string_literals;

TEST(Text, KeepsUtf8AndReplacesTheRest) {
  for (const std::string& good : {""s, "plain"s, "sch\xC3\xB6n \xE2\x9C\x93 \xF0\x9D\x84\x9E"s})
    EXPECT_EQ(as_utf8(good), good);
  EXPECT_EQ(as_utf8("net\xFF.pt"), "net?.pt");
  EXPECT_EQ(as_utf8("caf\xE9 cr\xE8me"), "caf? cr?me");
  EXPECT_EQ(as_utf8("cut\xE2\x9C"), "cut??");
  EXPECT_EQ(as_utf8("\xC0\xAF"), "??");            // a slash, spelled too long
  EXPECT_EQ(as_utf8("\xED\xA0\x80"), "???");       // half of a surrogate pair
  EXPECT_EQ(as_utf8("\xF4\x90\x80\x80"), "????");  // beyond Unicode
}

TEST(Text, BecomesOneLine) {
  EXPECT_EQ(one_line("a\nb\tc\x1b[31m"), "a b c [31m");
  EXPECT_EQ(one_line("abcdef", 3), "abc ...");
  EXPECT_EQ(one_line("abc", 3), "abc");
}

}  // namespace
}  // namespace zsq
