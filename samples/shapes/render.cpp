#include "samples/shapes/render.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "samples/shapes/random.h"

namespace zsq::samples {
namespace {

constexpr float kPi = std::numbers::pi_v<float>;
constexpr int kSubpixels = 3;  // samples along each side of a pixel, so that edges are smooth

struct Point {
  float x, y;
};

struct Colour {
  float r, g, b;  // 0..1
};

Colour mix(const Colour& a, const Colour& b, float t) {
  return {a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t};
}

float distance(const Colour& a, const Colour& b) { return std::hypot(a.r - b.r, a.g - b.g, a.b - b.b); }

/// What is drawn, in the coordinates of the object: most of it lies within the unit disc.
struct Form {
  int label;
  float detail;     // 0..1: thickness of arms and rims
  float frequency;  // of a texture: periods from -1 to 1
  float phase_u, phase_v;
  int patch;  // of a texture: 0 a disc, 1 a square, 2 the whole image

  bool covers(Point p) const;

 private:
  bool in_patch(Point p) const {
    if (patch == 0) return std::hypot(p.x, p.y) < 1;
    return patch == 2 || std::max(std::abs(p.x), std::abs(p.y)) < 0.9F;
  }

  /// The place within a period, -0.5..0.5.
  static float fold(float x) { return x - std::round(x); }
};

/// A star of five points: one tenth of it is a triangle.
bool in_star(Point p, float inner) {
  constexpr float kTenth = kPi / 5;
  const float angle = std::atan2(p.x, p.y);
  const float folded = std::abs(angle - 2 * kTenth * std::round(angle / (2 * kTenth)));
  const float r = std::hypot(p.x, p.y);
  const Point q{r * std::cos(folded), r * std::sin(folded)};
  const Point valley{inner * std::cos(kTenth), inner * std::sin(kTenth)};
  return (valley.x - 1) * q.y - valley.y * (q.x - 1) > 0;
}

bool Form::covers(Point p) const {
  const float r = std::hypot(p.x, p.y);
  const float u = fold(p.x * frequency / 2 + phase_u), v = fold(p.y * frequency / 2 + phase_v);
  switch (label) {
    case 0: return in_patch(p) && (u > 0) != (v > 0);
    case 1: return r < 0.95F && std::hypot(p.x - 0.35F - 0.1F * detail, p.y) > 0.75F;
    case 2: {
      const float arm = 0.2F + 0.15F * detail;
      const float a = std::abs(p.x), b = std::abs(p.y);
      return std::max(a, b) < 0.95F && std::min(a, b) < arm;
    }
    case 3: return r < 0.85F;
    case 4: return in_patch(p) && std::hypot(u, v) < 0.24F + 0.08F * detail;
    case 5: return r < 0.95F && r > 0.45F + 0.2F * detail;
    case 6: return std::max(std::abs(p.x), std::abs(p.y)) < 0.75F;
    case 7: return in_star(p, 0.4F + 0.12F * detail);
    case 8: return in_patch(p) && u > 0;
    default: return p.y > -0.5F && std::abs(p.x) * 1.7320508F + p.y < 1;
  }
}

/// From pixels to the object's own coordinates.
struct Pose {
  Point centre;
  float xx, xy, yx, yy;

  Point of(Point p) const {
    const float x = p.x - centre.x, y = p.y - centre.y;
    return {xx * x + xy * y, yx * x + yy * y};
  }
};

/// A short bar with round ends, or a spot where both ends meet.
struct Bar {
  Point from, to;
  float radius;
  Colour colour;

  bool covers(Point p) const {
    const float dx = to.x - from.x, dy = to.y - from.y, length2 = dx * dx + dy * dy;
    const float along = length2 > 0 ? ((p.x - from.x) * dx + (p.y - from.y) * dy) / length2 : 0;
    const float t = std::clamp(along, 0.0F, 1.0F);
    return std::hypot(p.x - from.x - t * dx, p.y - from.y - t * dy) < radius;
  }
};

/// All random choices of one image, made in a fixed order.
class Scene {
 public:
  Scene(int label, Random& random) : random_(random) {
    low_ = colour();
    high_ = mix(low_, colour(), 0.6F);
    ink_ = colour();
    while (std::min(distance(ink_, low_), distance(ink_, high_)) < 0.3F) ink_ = colour();
    const float direction = random.uniform(0, 2 * kPi), wavelength = random.uniform(10, 40);
    wave_ = {std::cos(direction) / wavelength, std::sin(direction) / wavelength};
    wave_phase_ = random.uniform(0, 2 * kPi);
    const bool textured = label == 0 || label == 4 || label == 8;
    form_ = {label,
             random.uniform(0, 1),
             random.uniform(2.5F, 5),
             random.uniform(0, 1),
             random.uniform(0, 1),
             random.below(3)};
    pose_ = pose(textured ? random.uniform(9, 14) : random.uniform(6, 13));
    for (int i = random.below(4) + 2; i > 0; --i) behind_.push_back(bar(1, 3.5F));
    for (int i = random.below(4); i > 0; --i) before_.push_back(bar(0.5F, 1.4F));
  }

  Colour at(Point p) const {
    for (const Bar& b : before_)
      if (b.covers(p)) return b.colour;
    if (form_.covers(pose_.of(p))) return ink_;
    for (const Bar& b : behind_)
      if (b.covers(p)) return b.colour;
    const float t = 0.5F + 0.5F * std::sin(2 * kPi * (wave_.x * p.x + wave_.y * p.y) + wave_phase_);
    return mix(low_, high_, t);
  }

 private:
  Colour colour() { return {random_.uniform(0, 1), random_.uniform(0, 1), random_.uniform(0, 1)}; }
  Point point() { return {random_.uniform(0, kShapeSide), random_.uniform(0, kShapeSide)}; }

  Pose pose(float size) {
    const float room = kShapeSide / 2.0F - 0.75F * size;  // the object may stand out of the image a little
    const Point centre{kShapeSide / 2.0F + random_.uniform(-room, room),
                       kShapeSide / 2.0F + random_.uniform(-room, room)};
    const float turn = random_.uniform(0, 2 * kPi), stretch = random_.uniform(0.8F, 1.25F);
    const float c = std::cos(turn) / size, s = std::sin(turn) / size;
    return {centre, c * stretch, s * stretch, -s / stretch, c / stretch};
  }

  Bar bar(float thinnest, float thickest) {
    const Point from = point();
    const float reach = random_.uniform(0, 14), turn = random_.uniform(0, 2 * kPi);
    const Colour paint = mix(mix(low_, high_, random_.uniform(0, 1)), colour(), 0.7F);
    return {from,
            {from.x + reach * std::cos(turn), from.y + reach * std::sin(turn)},
            random_.uniform(thinnest, thickest),
            paint};
  }

  Random& random_;
  Colour low_{}, high_{}, ink_{};  // the background's two colours, and the object's
  Point wave_{};
  float wave_phase_ = 0;
  Form form_{};
  Pose pose_{};
  std::vector<Bar> behind_, before_;
};

Colour averaged(const Scene& scene, int row, int column) {
  Colour sum{};
  for (int i = 0; i < kSubpixels * kSubpixels; ++i) {
    const auto place = [](int k) { return (static_cast<float>(k) + 0.5F) / kSubpixels; };
    const Point p{static_cast<float>(column) + place(i % kSubpixels),
                  static_cast<float>(row) + place(i / kSubpixels)};
    const Colour c = scene.at(p);
    sum = {sum.r + c.r, sum.g + c.g, sum.b + c.b};
  }
  constexpr float kShare = 1.0F / (kSubpixels * kSubpixels);
  return {sum.r * kShare, sum.g * kShare, sum.b * kShare};
}

/// Brightness, falling off in some direction.
struct Light {
  float level, right, down;  // right and down: change from one side to the other

  float at(int row, int column) const {
    const auto place = [](int i) { return static_cast<float>(i) / (kShapeSide - 1) - 0.5F; };
    return level + right * place(column) + down * place(row);
  }
};

std::uint8_t to_pixel(float value) {
  return static_cast<std::uint8_t>(std::clamp(std::lround(255 * value), 0L, 255L));
}

}  // namespace

ShapeImage render(std::int64_t index, std::uint64_t seed) {
  Random random(Random(seed).next() ^ static_cast<std::uint64_t>(index) * 0xD1342543DE82EF95U);
  ShapeImage image{.label = static_cast<int>(index % std::ssize(kShapeClasses))};
  image.pixels.reserve(3 * kShapeSide * kShapeSide);
  const Scene scene(image.label, random);
  const Light light{random.uniform(0.5F, 1.1F), random.uniform(-0.4F, 0.4F), random.uniform(-0.4F, 0.4F)};
  const float noise = random.uniform(0.02F, 0.09F);
  for (int row = 0; row < kShapeSide; ++row)
    for (int column = 0; column < kShapeSide; ++column) {
      const Colour c = averaged(scene, row, column);
      const float brightness = light.at(row, column);
      for (const float value : {c.r, c.g, c.b})
        image.pixels.push_back(to_pixel(value * brightness + noise * random.gaussian()));
    }
  return image;
}

ShapeSet render_set(std::int64_t count, std::uint64_t seed) {
  ShapeSet set;
  for (std::int64_t i = 0; i < count; ++i) {
    const ShapeImage image = render(i, seed);
    set.pixels.insert(set.pixels.end(), image.pixels.begin(), image.pixels.end());
    set.labels.push_back(image.label);
  }
  return set;
}

}  // namespace zsq::samples
