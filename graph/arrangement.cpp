#include "graph/arrangement.h"

#include <optional>

namespace zsq {
namespace {

using Positions = std::span<const std::int64_t>;

bool is_identity(Positions p) {
  for (std::size_t i = 0; i < p.size(); ++i)
    if (p[i] != static_cast<std::int64_t>(i)) return false;
  return true;
}

/// `count` places of an extent that begin with these two, evenly spaced, if they lie in it.
std::optional<Slice::Range> range(std::int64_t begin, std::int64_t second, std::int64_t count,
                                  std::int64_t extent) {
  const std::int64_t step = count > 1 ? second - begin : 1;
  const std::int64_t end = begin + (count - 1) * step + 1;
  if (step < 1 || end > extent) return std::nullopt;
  return Slice::Range{begin, end, step};
}

std::optional<Slice> as_slice(Positions p, const Shape& out, const Shape& source) {
  const std::int64_t row = source.w, plane = source.h * source.w;
  const std::int64_t first = p[0], rows = out.w, planes = out.h * out.w;
  const auto at = [&](std::int64_t i) { return p[static_cast<std::size_t>(i)]; };
  const auto second = [&](std::int64_t count, std::int64_t offset) { return count > 1 ? at(offset) : 0; };
  const auto c = range(first / plane, second(out.c, planes) / plane, out.c, source.c);
  const auto h = range(first % plane / row, second(out.h, rows) % plane / row, out.h, source.h);
  const auto w = range(first % row, second(out.w, 1) % row, out.w, source.w);
  if (!c || !h || !w) return std::nullopt;
  std::int64_t i = 0;
  for (std::int64_t ci = 0; ci < out.c; ++ci)
    for (std::int64_t hi = 0; hi < out.h; ++hi)
      for (std::int64_t wi = 0; wi < out.w; ++wi)
        if (at(i++) !=
            (c->begin + ci * c->step) * plane + (h->begin + hi * h->step) * row + w->begin + wi * w->step)
          return std::nullopt;
  return Slice{*c, *h, *w};
}

bool is_shuffle(Positions p, std::int64_t groups, const Shape& s) {
  const std::int64_t plane = s.h * s.w, group = s.c / groups;
  std::size_t i = 0;
  for (std::int64_t c = 0; c < s.c; ++c)
    for (std::int64_t x = 0; x < plane; ++x)
      if (p[i++] != (c % groups * group + c / groups) * plane + x) return false;
  return true;
}

std::optional<ChannelShuffle> as_shuffle(Positions p, const Shape& s) {
  for (std::int64_t groups = 2; groups < s.c; ++groups)
    if (s.c % groups == 0 && is_shuffle(p, groups, s)) return ChannelShuffle{static_cast<int>(groups)};
  return std::nullopt;
}

bool is_broadcast(Positions p, const Shape& out, const Shape& source) {
  if (source.h != 1 || source.w != 1 || out.c != source.c) return false;
  for (std::size_t i = 0; i < p.size(); ++i)
    if (p[i] != static_cast<std::int64_t>(i) / (out.h * out.w)) return false;
  return true;
}

}  // namespace

Arrangement arrangement(Positions positions, std::span<const std::int64_t> dims, const Shape& source) {
  if (positions.empty() || (dims.size() != 1 && dims.size() != 3)) return Unrecognised{};
  const Shape out = dims.size() == 1 ? Shape{1, dims[0], 1, 1} : Shape{1, dims[0], dims[1], dims[2]};
  const Shape one{1, source.c, source.h, source.w};
  if (is_identity(positions) && out.size() == one.size()) {
    if (out == one) return Unchanged{};
    if (out.h == 1 && out.w == 1) return Flatten{};
  }
  if (const auto slice = as_slice(positions, out, one)) return *slice;
  if (is_broadcast(positions, out, one)) return Broadcast{};
  if (out == one)
    if (const auto shuffle = as_shuffle(positions, one)) return *shuffle;
  return Unrecognised{};
}

}  // namespace zsq
