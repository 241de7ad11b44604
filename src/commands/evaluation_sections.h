// Those parts of an evaluation that have a heading of their own in its report: over thickness, over dose, held-out
// sets, baselines.
#pragma once

#include <nlohmann/json.hpp>

#include "report/report.h"

namespace terrace {

/// Adds a section for each part that an evaluation.json has.
void add_evaluation_sections(const nlohmann::ordered_json& evaluation, ReportContent& report);

/// A curve of evaluation.json ("curves") as the report draws it, with its interval; empty where there is none.
Curve measured_curve(const nlohmann::ordered_json& evaluation, const std::string& name, const std::string& legend);

}  // namespace terrace
