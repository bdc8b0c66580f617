#include "graph/text_table.h"

#include <gtest/gtest.h>

namespace zsq {
namespace {

TEST(TextTable, AlignsTextToTheLeftAndNumbersToTheRight) {
  EXPECT_EQ(text_table({{"network", "top-1 %"}, {"float", "96.40 ± 1.17"}, {"integer", "9.1"}}),
            "network  top-1 %\n"
            "float    96.40 ± 1.17\n"
            "integer           9.1\n");
}

TEST(TextTable, TakesRowsThatEndEarly) {
  EXPECT_EQ(text_table({{"a", "b", "c"}, {"long", "-1"}, {}}), "a     b   c\nlong  -1\n\n");
}

TEST(TextTable, PutsValuesBehindTheirNames) {
  EXPECT_EQ(named_values({{"size", "9 kB"}, {"±", "x"}}), "size  9 kB\n±     x\n");
}

TEST(TextTable, CountsBytesInUnitsOfThousands) {
  EXPECT_EQ(byte_count(0), "0 B");
  EXPECT_EQ(byte_count(999), "999 B");
  EXPECT_EQ(byte_count(1000), "1.0 kB");
  EXPECT_EQ(byte_count(1234567), "1.23 MB");
}

}  // namespace
}  // namespace zsq
