// The parts of a report as the page's drawing code reads them (web/main.js): one JSON object, a key for each part
// given.
#pragma once

#include <nlohmann/json.hpp>

#include "report/report.h"

namespace terrace {

/// Everything but the scan. Throws InputError where sizes within a part disagree.
nlohmann::ordered_json content_json(const ReportContent& content);

/// The scan, thinned and binned until its text is no longer than `budget` bytes. Throws InputError where even the
/// smallest form is longer.
nlohmann::ordered_json scan_json(const ReportContent& content, std::size_t budget);

/// JSON text that may stand inside a <script> element: no "<", ">", "&" and no line separators of JavaScript; broken
/// UTF-8 is replaced.
std::string script_safe(const nlohmann::ordered_json& json);

}  // namespace terrace
