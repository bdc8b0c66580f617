// zsq run: what an integer program says of some pictures.
#include <algorithm>
#include <cmath>
#include <iostream>
#include <numeric>

#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/console.h"
#include "apps/device_options.h"
#include "apps/option_tables.h"
#include "apps/picture_decoder.h"
#include "apps/plan_source.h"
#include "evaluate/predictions.h"
#include "graph/check.h"
#include "images/load_pixels.h"
#include "runtime/plan_file.h"

namespace zsq::apps {
namespace {

using nlohmann::json;

struct Guess {
  std::int64_t label;
  std::int32_t logit;  // of the integer program; ties go to the lower class
  double probability;  // softmax of the real logits, for the reader
};

std::vector<Guess> best(std::span<const std::int32_t> logits, double scale, std::size_t count) {
  std::vector<std::int64_t> order(logits.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater{},
                           [&](std::int64_t c) { return logits[static_cast<std::size_t>(c)]; });
  const double largest = logits[static_cast<std::size_t>(order[0])];
  double sum = 0;
  for (const std::int32_t l : logits) sum += std::exp((l - largest) * scale);
  std::vector<Guess> guesses;
  for (std::size_t i = 0; i < std::min(count, order.size()); ++i) {
    const std::int32_t l = logits[static_cast<std::size_t>(order[i])];
    guesses.push_back({order[i], l, std::exp((l - largest) * scale) / sum});
  }
  return guesses;
}

std::string label_of(const runtime::PlanFile& file, std::int64_t label) {
  const auto& labels = file.metadata.labels;
  return labels.empty() ? "class " + std::to_string(label) : labels[static_cast<std::size_t>(label)];
}

json to_json(const std::vector<Guess>& guesses, const runtime::PlanFile& file, const std::string& image) {
  json top = json::array();
  for (const Guess& g : guesses)
    top.push_back({{"class", g.label},
                   {"label", label_of(file, g.label)},
                   {"logit", g.logit},
                   {"probability", g.probability}});
  return {{"image", image}, {"top", top}};
}

int run(const Arguments& arguments) {
  check(!arguments.positional().empty(), Fault::usage, "a PLAN and at least one IMAGE are needed");
  check(arguments.positional().size() > 1, Fault::usage, "at least one IMAGE is needed behind ",
        arguments.positional().front(), ", a picture or a folder of them");
  const runtime::PlanFile file = open_plan(arguments.positional()[0]);
  const auto session = runtime::make_session(file.plan, device_from(arguments), session_from(arguments));
  json all = json::array();
  std::vector<std::vector<std::string>> rows{{"image", "class", "probability", "logit"}};
  for (std::size_t i = 1; i < arguments.positional().size(); ++i) {
    const std::string& path = arguments.positional()[i];
    for (const images::Picture& image : images::open_image_set(path).images) {
      const images::Pixels pixels =
          images::load_pixels({&image, 1}, file.metadata.preprocessing, file.plan.image, picture_decoder());
      std::vector<std::int32_t> logits(static_cast<std::size_t>(evaluate::class_count(file)));
      session->run(pixels.values, logits);
      const auto guesses = best(logits, evaluate::logit_scale(file), 5);
      const std::string name =
          image.file.string() + (image.record < 0 ? "" : "#" + std::to_string(image.record));
      all.push_back(to_json(guesses, file, name));
      for (std::size_t g = 0; g < guesses.size(); ++g)
        rows.push_back({g == 0 ? name : "", label_of(file, guesses[g].label),
                        fixed(guesses[g].probability, 3), std::to_string(guesses[g].logit)});
    }
  }
  std::cout << (arguments.flag("json") ? text_of(json{{"images", all}}) : text_table(rows));
  return 0;
}

}  // namespace

Command run_command() {
  return {{"run", "PLAN IMAGE...", "top-5 of pictures, by an integer program", "zsq run resnet20.zsq cat.png",
           joined({device_options(), {{"json", "", "", "one JSON object on stdout, nothing else there"}}})},
          run};
}

}  // namespace zsq::apps
