#include "graph/sha256.h"

#include <gtest/gtest.h>

#include "graph/fingerprint.h"

namespace zsq {
namespace {

// The examples of FIPS 180-4's companion document.
TEST(Sha256, OfKnownTexts) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnThePieces) {
  const std::string text(200, 'x');
  for (const std::size_t size : {1, 55, 56, 63, 64, 65, 127}) {
    Sha256 sum;
    for (std::size_t i = 0; i < text.size(); i += size) sum.add(std::string_view(text).substr(i, size));
    EXPECT_EQ(sum.hex(), sha256(text)) << size;
  }
}

Linear layer(float first) { return {{{2, 1, 1, 1}, {first, 2}}, {0.5F, first}}; }

Graph network(const char* name, float one, float other) {
  Graph g;
  const NodeId x = g.add(name, Input{{1, 1, 1, 1}});
  g.add("a", layer(one), {x});
  g.add("b", layer(other), {x});
  return g;
}

TEST(Fingerprint, IsOfTheNumbersAlone) {
  const std::string sum = weights_sha256(network("x", 1, 3));
  EXPECT_EQ(sum.size(), 64U);
  EXPECT_EQ(weights_sha256(network("other", 3, 1)), sum);
  EXPECT_NE(weights_sha256(network("x", 1.0000001F, 3)), sum);
}

}  // namespace
}  // namespace zsq
