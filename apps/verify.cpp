// zsq verify: every backend against the reference, on every tensor.
#include <iostream>

#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/console.h"
#include "apps/device_options.h"
#include "apps/plan_source.h"
#include "graph/check.h"
#include "runtime/avx2_form.h"
#include "runtime/compare.h"
#include "runtime/plan_file.h"

namespace zsq::apps {
namespace {

using nlohmann::json;

std::string place(const runtime::PlanFile& file, const runtime::Difference& d) {
  return "step " + file.metadata.steps[d.step] + ", image " + std::to_string(d.image) + ", channel " +
         std::to_string(d.channel) + ", row " + std::to_string(d.row) + ", column " +
         std::to_string(d.column) + ": got " + std::to_string(d.got) + ", the reference has " +
         std::to_string(d.wanted);
}

/// The one that was asked for, or all that are here but the reference, with which they are compared.
std::vector<runtime::Device> devices_from(const Arguments& arguments) {
  if (arguments.text("device") != "all") return {device_from(arguments)};
  auto devices = runtime::available_devices();
  devices.pop_back();
  return devices;
}

/// Of each convolution of one group, whether AVX2 sums its products in 16 bits, and why.
json sums_of(const runtime::PlanFile& file) {
  json list = json::array();
  for (std::size_t i = 0; i < file.plan.steps.size(); ++i) {
    const auto form = runtime::avx2_form(file.plan, file.plan.steps[i]);
    if (form)
      list.push_back({{"name", file.metadata.steps[i]},
                      {"bits", form->is_narrow ? 16 : 32},
                      {"words", form->cost.words},
                      {"split", form->cost.split},
                      {"products", form->cost.products},
                      {"sums", form->cost.sums},
                      {"why", form->why}});
  }
  return list;
}

std::string table_of(const json& sums) {
  std::vector<std::vector<std::string>> rows{
      {"on AVX2", "bits", "words", "split", "products", "sums", "why"}};
  for (const json& s : sums)
    rows.push_back({s["name"], s["bits"].dump(), s["words"].dump(), s["split"].dump(), s["products"].dump(),
                    s["sums"].dump(), s["why"]});
  return rows.size() > 1 ? text_table(rows) : "";
}

int run(const Arguments& arguments) {
  const auto devices = devices_from(arguments);
  const runtime::PlanFile file = open_plan(arguments.only("PLAN"));
  const auto count = arguments.integer("images", 1, 100000);
  const auto seed = static_cast<std::uint64_t>(arguments.integer("seed", 0, INT64_MAX));
  const auto pixels = runtime::probe_images(file.plan.image, count, seed);

  std::vector<std::vector<std::string>> rows{
      {"device", "tensors", "values", "mismatches", "first difference"}};
  json facts{{"tensors", 0}, {"mismatches", 0}, {"images", count}, {"devices", json::array()}};
  std::string first;
  runtime::CompareOptions options;
  options.session = session_from(arguments);
  for (const auto& c : runtime::compare(file.plan, devices, pixels, options)) {
    const std::string where = c.first ? place(file, *c.first) : "";
    if (first.empty() && c.first) first = std::string(runtime::name(c.device)) + ": " + where;
    rows.push_back({std::string(runtime::name(c.device)), std::to_string(c.tensors), std::to_string(c.values),
                    std::to_string(c.mismatches), where});
    facts["tensors"] = c.tensors;
    facts["mismatches"] = facts["mismatches"].get<std::int64_t>() + c.mismatches;
    facts["devices"].push_back(runtime::name(c.device));
  }
  if (arguments.flag("json")) {
    facts["avx2"] = sums_of(file);
    std::cout << text_of(facts);
  } else {
    std::cout << "no accumulator can overflow: proven when the plan was loaded\n"
              << table_of(sums_of(file)) << text_table(rows) << "(" << count
              << " images: extremes and noise, seed " << seed << ")\n";
  }
  check(first.empty(), Fault::verification, first);
  return 0;
}

}  // namespace

Command verify_command() {
  return {{"verify",
           "PLAN",
           "every backend against the reference, on every tensor",
           "zsq verify resnet20.zsq",
           {{"device", "all|cpu|cuda|reference", "all",
             "what is compared with the reference, cuda:1 the second GPU"},
            {"images", "N", "8", "images to compare on"},
            {"seed", "N", "0", "of the noise among them"},
            {"threads", "N", "0", "0: one for each core; never changes a result"},
            cpu_path_option(),
            {"json", "", "", "one JSON object on stdout, nothing else there"}}},
          run};
}

}  // namespace zsq::apps
