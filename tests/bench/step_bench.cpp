// Where the time of a plan goes on one thread of the cpu: the least time of each stage, and of all together.
//   step_bench plan.zsq [cpu path, else the best] [images, else 1] [rounds, else 50]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>

#include "graph/check.h"
#include "runtime/cpu/program.h"
#include "runtime/plan_file.h"
#include "runtime/step.h"

namespace zsq::runtime {
namespace {

/// Products that a step sums for one image.
std::int64_t products(const Plan& plan, const Step& step) {
  return std::visit(
      [&](const auto& s) -> std::int64_t {
        if constexpr (requires { s.kernel.weight; }) {
          const Shape& out = plan[s.out].shape;
          return std::ssize(s.kernel.weight) * out.h * out.w;
        } else {
          return 0;
        }
      },
      step);
}

std::string described(const Plan& plan, const Step& step) {
  std::ostringstream text;
  const Shape& out = plan[output(step)].shape;
  text << kind(step) << " " << out.h << "x" << out.w;
  std::visit(
      [&](const auto& s) {
        if constexpr (requires { s.kernel.weight; }) {
          const Window& window = s.kernel.window;
          text << " " << plan[s.in].shape.c << " to " << out.c << ", kernel " << window.kernel.h
               << ", stride " << window.stride.h << ", groups " << s.kernel.groups;
        }
        if constexpr (requires { s.residual; }) text << (s.residual ? ", residual" : "");
      },
      step);
  return text.str();
}

int measure(const Plan& plan, std::string_view path, std::int64_t images, int rounds) {
  const cpu::Program program(plan, cpu::choose(plan, cpu::implementations_from(path), 1));
  const std::vector<std::uint8_t> pixels(static_cast<std::size_t>(images * plan.image.size()), 77);
  const Arena arena(images, program.memory().bytes);
  Batch batch = part_of(plan, pixels, {}, {0, images});
  batch.layouts = program.memory().layout;
  for (std::size_t i = 0; i < batch.slots.size(); ++i)
    batch.slots[i] = arena.data() + images * program.memory().offset[i];
  std::vector<double> least(program.parts().size(), 1e9);
  double whole = 1e9;
  cpu::Scratch scratch;
  for (int round = 0; round < rounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    auto last = begin;
    for (std::size_t i = 0; i < least.size(); ++i) {
      const auto& kernel = *program.parts()[i].kernel;
      kernel.run(batch, {0, kernel.units(images)}, scratch);
      const auto now = std::chrono::steady_clock::now();
      least[i] = std::min(least[i], std::chrono::duration<double>(now - last).count());
      last = now;
    }
    whole = std::min(whole, std::chrono::duration<double>(last - begin).count());
  }
  for (std::size_t i = 0; i < least.size(); ++i) {
    const auto work = static_cast<double>(images * products(plan, plan.steps[i]));
    std::printf("%8.1f us %7.1f GMAC/s  %s\n", least[i] * 1e6, work / least[i] * 1e-9,
                described(plan, plan.steps[i]).c_str());
  }
  std::printf("%8.4f ms, %.0f images/s\n", whole * 1e3, static_cast<double>(images) / whole);
  return 0;
}

}  // namespace
}  // namespace zsq::runtime

int main(int count, char** words) try {
  zsq::check(count > 1, zsq::Fault::usage, "step_bench needs a plan");
  const auto number = [&](int i, int otherwise) { return count > i ? std::stoi(words[i]) : otherwise; };
  return zsq::runtime::measure(zsq::runtime::load_plan(words[1]).plan, count > 2 ? words[2] : "",
                               number(3, 1), number(4, 50));
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
