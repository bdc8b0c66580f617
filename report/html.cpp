#include <algorithm>

#include "report/base64.h"
#include "report/document.h"

namespace zsq::report {
namespace {

constexpr const char* kStyle =
    "*{box-sizing:border-box}html{color-scheme:light dark}body{margin:0 auto;max-width:1100px;padding:1rem;"
    "font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}"
    "h1{overflow-wrap:anywhere;font-size:1.6rem;line-height:1.2;margin:.5rem "
    "0}h2{font-size:1.2rem;margin:2rem 0 "
    ".5rem;border-bottom:1px solid var(--soft)}"
    "h3{font-size:1rem;margin:1rem 0 .25rem}.sub{color:var(--muted);margin:0}nav "
    "a{margin-right:1rem}a{color:var(--c0)}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.5rem "
    "0}dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}"
    "@media(max-width:560px){dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}}"
    ".wide{overflow-x:auto;margin:.5rem 0}.wide svg{display:block;min-width:600px;width:100%;height:auto}"
    "table{border-collapse:collapse;font-size:.85rem}th,td{padding:.2rem "
    ".6rem;text-align:left;white-space:nowrap;border-bottom:1px solid var(--soft)}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}pre{overflow-x:auto;padding:.6rem;"
    "background:color-mix(in srgb,var(--soft) 35%,var(--paper));border-radius:4px;font-size:.85rem}"
    "img{max-width:100%;height:auto;image-rendering:pixelated}summary{cursor:pointer;padding:.2rem 0}"
    ":focus-visible{outline:2px solid var(--c1);outline-offset:2px}"
    "@media "
    "print{nav{display:none}body{max-width:none;font-size:11pt}section{break-inside:auto}figure{break-inside:"
    "avoid}}"
    "figure{margin:1rem 0}figcaption{font-weight:600}";

bool is_number(const std::string& cell) {
  return !cell.empty() && cell.find_first_not_of("0123456789.-+ ±%e") == std::string::npos;
}

/// A region that can be scrolled sideways, with keys too.
std::string scrolled(const std::string& name, const std::string& inside) {
  return "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"" + escaped(name) + "\">" + inside +
         "</div>";
}

std::string html(const Paragraph& p) { return "<p>" + escaped(p.text) + "</p>"; }

std::string html(const Facts& facts) {
  std::string text = (facts.title.empty() ? "" : "<h3>" + escaped(facts.title) + "</h3>") + "<dl>";
  for (const auto& [name, value] : facts.rows)
    text += "<dt>" + escaped(name) + "</dt><dd>" + escaped(value) + "</dd>";
  return text + "</dl>";
}

std::string html(const Grid& grid) {
  if (grid.rows.empty()) return "";
  const std::size_t columns = grid.rows.front().size();
  std::vector<bool> numbers(columns, grid.rows.size() > 1);
  for (std::size_t r = 1; r < grid.rows.size(); ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      const std::string cell = c < grid.rows[r].size() ? grid.rows[r][c] : "";
      if (!cell.empty() && !is_number(cell)) numbers[c] = false;
    }
  std::string text = "<table>";
  for (std::size_t r = 0; r < grid.rows.size(); ++r) {
    text += r == 0 ? "<thead><tr>" : "<tr>";
    for (std::size_t c = 0; c < columns; ++c) {
      const std::string cell = escaped(c < grid.rows[r].size() ? grid.rows[r][c] : "");
      const std::string style = numbers[c] ? " class=\"n\"" : "";
      text +=
          r == 0 ? "<th scope=\"col\"" + style + ">" + cell + "</th>" : "<td" + style + ">" + cell + "</td>";
    }
    text += r == 0 ? "</tr></thead><tbody>" : "</tr>";
  }
  return (grid.title.empty() ? "" : "<h3>" + escaped(grid.title) + "</h3>") +
         scrolled(grid.title.empty() ? "table" : grid.title, text + "</tbody></table>");
}

std::string html(const Commands& commands) {
  std::string text;
  for (const std::string& line : commands.lines) text += escaped(line) + "\n";
  return "<pre tabindex=\"0\" aria-label=\"commands\"><code>" + text + "</code></pre>";
}

std::string html(const Picture& picture) {
  return "<p><img alt=\"" + escaped(picture.description) + "\" src=\"data:image/png;base64," +
         base64(picture.png) + "\"></p>";
}

std::string html(const Figure& figure) {
  return "<figure><figcaption>" + escaped(figure.chart.title) + "</figcaption>" +
         scrolled(figure.chart.title, to_svg(figure.chart, Placed::in_page)) + "</figure>";
}

std::string html(const Folded& folded) {
  std::string text;
  for (const Chart& chart : folded.charts)
    text += "<details><summary>" + escaped(chart.title) + "</summary>" +
            scrolled(chart.title, to_svg(chart, Placed::in_page)) + "</details>";
  return text;
}

std::string anchor(std::size_t section) { return "s" + std::to_string(section + 1); }

}  // namespace

std::string to_html(const Document& document) {
  std::string text =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>" +
      escaped(document.title) + "</title><link rel=\"icon\" href=\"data:,\"><style>" + chart_style() +
      kStyle + "</style></head><body>\n<header><h1>" + escaped(document.title) + "</h1><p class=\"sub\">" +
      escaped(document.subtitle) + "</p></header>\n<nav aria-label=\"sections\">";
  for (std::size_t i = 0; i < document.sections.size(); ++i)
    text += "<a href=\"#" + anchor(i) + "\">" + escaped(document.sections[i].heading) + "</a>";
  text += "</nav>\n<main>";
  for (std::size_t i = 0; i < document.sections.size(); ++i) {
    text += "\n<section id=\"" + anchor(i) + "\"><h2>" + escaped(document.sections[i].heading) + "</h2>\n";
    for (const Block& block : document.sections[i].blocks)
      text += std::visit([](const auto& b) { return html(b); }, block) + "\n";
    text += "</section>";
  }
  return text + "\n</main></body></html>\n";
}

std::vector<std::pair<std::string, std::string>> svg_files(const Document& document) {
  std::vector<std::pair<std::string, std::string>> files;
  const auto add = [&](const Chart& chart) {
    std::string name;
    for (const char c : chart.title)
      name +=
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ? c : '-';
    files.emplace_back(std::to_string(files.size() + 1) + "-" + name.substr(0, 60) + ".svg",
                       to_svg(chart, Placed::alone) + "\n");
  };
  for (const Section& section : document.sections)
    for (const Block& block : section.blocks) {
      if (const auto* figure = std::get_if<Figure>(&block)) add(figure->chart);
      if (const auto* folded = std::get_if<Folded>(&block))
        for (const Chart& chart : folded->charts) add(chart);
    }
  return files;
}

}  // namespace zsq::report
