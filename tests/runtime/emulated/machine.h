#pragma once

// All that the sources include, before their attributes lose their meaning.
#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <immintrin.h>

/// [[gnu::target("avx2")]] would let the compiler use the instructions.
#define target(features) unused
#define Words256 EmulatedWords256
#define Words512 EmulatedWords512
#define TileConfig EmulatedTileConfig
