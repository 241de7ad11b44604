#include "report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/embedded.h"
#include "core/error.h"
#include "core/text_file.h"
#include "report/report_json.h"

extern "C" {
extern const char report_page_html_begin[], report_page_html_end[];
extern const char report_style_begin[], report_style_end[];
extern const char report_script_begin[], report_script_end[];
}

namespace terrace {
namespace {

/// Text as HTML shows it.
std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '&')
      safe += "&amp;";
    else if (c == '<')
      safe += "&lt;";
    else if (c == '>')
      safe += "&gt;";
    else if (c == '"')
      safe += "&quot;";
    else
      safe += c;
  }
  return safe;
}

/// The template with each {{name}} replaced by its part. One pass: what a part holds is never taken for a mark.
std::string filled(std::string_view page, const std::map<std::string_view, std::string_view>& parts) {
  std::string result;
  for (auto mark = page.find("{{"); mark != page.npos; mark = page.find("{{")) {
    const auto end = page.find("}}", mark);
    result += page.substr(0, mark);
    result += parts.at(page.substr(mark + 2, end - mark - 2));
    page.remove_prefix(end + 2);
  }
  return result += page;
}

std::string paragraph(const std::string& kind, const std::string& text) {
  return text.empty() ? "" : "<p class=\"" + kind + "\">" + escaped(text) + "</p>";
}

/// What can be read without the page's drawing code: title, origin, the answer in a sentence.
std::string heading(const ReportContent& content) {
  return "<h1>" + escaped(content.title) + "</h1>" + paragraph("subtitle", content.subtitle) +
         paragraph("summary", content.prediction ? content.prediction->summary : "");
}

std::string page_of(const ReportContent& content, const nlohmann::ordered_json& json) {
  const std::string title = escaped(content.title), head = heading(content), data = script_safe(json);
  return filled(embedded_text(report_page_html_begin, report_page_html_end),
                {{"title", title},
                 {"heading", head},
                 {"data", data},
                 {"style", embedded_text(report_style_begin, report_style_end)},
                 {"script", embedded_text(report_script_begin, report_script_end)}});
}

}  // namespace

std::string report_page(const ReportContent& content) {
  auto json = content_json(content);
  const std::string page = page_of(content, json);
  if (page.size() > report_size_limit)
    throw InputError(fmt::format("the report would have {} bytes (the limit is {}). Give fewer pictures or twins?",
                                 page.size(), report_size_limit));
  if (!content.scan) return page;
  constexpr std::size_t key = sizeof(R"(,"scan":)");
  json["scan"] = scan_json(content, report_size_limit - std::min(report_size_limit, page.size() + key));
  return page_of(content, json);
}

void write_report(const ReportContent& content, const std::filesystem::path& path) {
  write_text(path, report_page(content));
}

}  // namespace terrace
