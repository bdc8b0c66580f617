#include "runtime/cpu/tiles/viewer.h"

#include <algorithm>
#include <cstring>

#include "runtime/taps.h"

namespace zsq::runtime::cpu {
namespace {

constexpr std::int64_t kPlaces = 128;       // to see at once: enough to use a block of weights often
constexpr std::int64_t kStrip = 64 * 1024;  // bytes of a copy, to stay in the nearer caches
constexpr std::int64_t kMost = 1LL << 26;   // bytes between two that a window or a band sees
constexpr std::int64_t kSlack = 64;         // behind a copy: loops read whole vectors

bool is_padded(const Window& w) {
  return w.padding.top != 0 || w.padding.left != 0 || w.padding.bottom != 0 || w.padding.right != 0;
}

std::int64_t span_of(const Walk& walk, std::int64_t places) {  // rows or columns that so many windows see
  return (places - 1) * walk.stride + (walk.kernel - 1) * walk.dilation + 1;
}

/// From an output place to the next through all images, in values of the input.
std::int64_t step_of(const Window& w, const Layout& in, const Shape& out) {
  if (is_padded(w)) return 0;
  if (w.kernel == Size2{1, 1} && w.stride == Size2{1, 1}) return in.channel_stride;
  return out.h == 1 && out.w == 1 ? in.bytes() : 0;
}

}  // namespace

bool Viewer::fits(const Window& window, const Shape& in, const Shape& out) {
  // As if every channel were padded to 64; each factor is at most 2^24 by validate().
  const std::int64_t stride = (in.c + 63) / 64 * 64;
  const std::int64_t columns = std::max(in.w, span_of(columns_of(window), out.w));
  const std::int64_t rows = std::max(in.h, span_of(rows_of(window), 1)) + window.stride.h;
  return columns <= kMost / stride && rows <= kMost / (stride * columns);
}

Viewer::Viewer(const Window& window, std::int32_t zero_point, const Layout& in, const Shape& out,
               TapKind kind, std::int32_t added, Width width)
    : window_(window),
      zero_point_(zero_point),
      added_(static_cast<std::int8_t>(added)),
      in_(in.shape),
      out_(out),
      width_(static_cast<std::int64_t>(width)),
      changes_(added != 0 || width != Width::byte),
      copies_(is_padded(window) || (changes_ && step_of(window, in, out) == 0)),
      columns_(span_of(columns_of(window), out.w)),
      stride_(width_ * (copies_ ? in.shape.c : in.channel_stride)),
      pitch_((copies_ ? columns_ : in.shape.w) * stride_),
      step_(step_of(window, in, out)) {
  const Walk down = rows_of(window), across = columns_of(window);
  if (step_ > 0) {
    const std::int64_t most = changes_ ? kStrip : kMost;
    for (std::int64_t p = 0; p < std::clamp<std::int64_t>(most / step_, 1, kPlaces); ++p)
      places_.push_back(static_cast<std::int32_t>(p * step_ * width_));
  } else {
    band_ = std::clamp<std::int64_t>(kPlaces / out.w, 1, out.h);
    while (copies_ && band_ < out.h && strip_rows(band_ * 2) * pitch_ <= kStrip) band_ *= 2;
    band_ = std::min(band_, out.h);
    while (band_ > 1 && strip_rows(band_) > kMost / pitch_) band_ /= 2;
    for (std::int64_t y = 0; y < band_; ++y)
      for (std::int64_t x = 0; x < out.w; ++x)
        places_.push_back(static_cast<std::int32_t>(y * down.stride * pitch_ + x * across.stride * stride_));
  }
  const bool whole_rows = kind == TapKind::run && across.dilation == 1 && stride_ == width_ * in.shape.c;
  if (kind == TapKind::run) run_ = in.shape.c * (whole_rows ? across.kernel : 1);
  for (std::int64_t i = 0; i < down.kernel; ++i)
    for (std::int64_t j = 0; j < (whole_rows ? 1 : across.kernel); ++j)
      taps_.push_back(static_cast<std::int32_t>(i * down.dilation * pitch_ + j * across.dilation * stride_));
  count_ = std::ssize(taps_);
  while (std::ssize(taps_) % 4 != 0) taps_.push_back(taps_[0]);
}

std::vector<std::int32_t> Viewer::rows() const {
  std::vector<std::int32_t> rows;
  for (std::int64_t i = 0; i < window_.kernel.h; ++i)
    rows.push_back(static_cast<std::int32_t>(i * window_.dilation.h * pitch_));
  while (std::ssize(rows) % 4 != 0) rows.push_back(0);
  return rows;
}

std::int64_t Viewer::strip_rows(std::int64_t band) const { return span_of(rows_of(window_), band); }

const std::int8_t* Viewer::source(Grid<const std::int8_t> in, std::int64_t n, std::int64_t y,
                                  std::int64_t count, Scratch& scratch) const {
  const std::int64_t first = rows_of(window_).start(y);
  if (!copies_) return in.at(n, first, 0);
  std::int8_t* const strip = at_least(scratch.bytes, strip_rows(band_) * pitch_ + kSlack);
  for (std::int64_t i = 0; i < strip_rows(count); ++i) copy_row(in, n, first + i, strip + i * pitch_);
  return strip;
}

void Viewer::copy_values(std::int8_t* to, const std::int8_t* from, std::int64_t count) const {
  if (!changes_) {
    std::memcpy(to, from, static_cast<std::size_t>(count));
  } else if (width_ == 1) {
    for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<std::int8_t>(from[i] + added_);
  } else {
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int16_t value = from[i];
      std::memcpy(to + 2 * i, &value, sizeof value);
    }
  }
}

const std::int8_t* Viewer::copy(Grid<const std::int8_t> in, std::int64_t first, std::int64_t count,
                                Scratch& scratch) const {
  std::int8_t* const to = at_least(scratch.bytes, count * step_ * width_ + kSlack);
  copy_values(to, in.values + first * step_, count * step_);
  return to;
}

void Viewer::fill(std::int8_t* to, std::int64_t values) const {
  if (width_ == 1) {
    std::memset(to, zero_point_ + added_, static_cast<std::size_t>(values));
    return;
  }
  const auto value = static_cast<std::int16_t>(zero_point_);
  for (std::int64_t i = 0; i < values; ++i) std::memcpy(to + 2 * i, &value, sizeof value);
}

void Viewer::copy_row(Grid<const std::int8_t> in, std::int64_t n, std::int64_t y, std::int8_t* to) const {
  const auto pad = [&](std::int64_t columns) {
    fill(to, columns * in_.c);
    to += columns * stride_;
  };
  if (y < 0 || y >= in_.h) return pad(columns_);
  const std::int64_t left = std::min<std::int64_t>(window_.padding.left, columns_);
  const std::int64_t inside = std::clamp<std::int64_t>(columns_ - left, 0, in_.w);
  pad(left);
  if (in.channel_stride == in_.c) {
    copy_values(to, in.at(n, y, 0), inside * in_.c);
    to += inside * stride_;
  } else {
    for (std::int64_t x = 0; x < inside; ++x, to += stride_) copy_values(to, in.at(n, y, x), in_.c);
  }
  pad(columns_ - left - inside);
}

}  // namespace zsq::runtime::cpu
