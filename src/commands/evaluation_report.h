// The figures of an evaluation as parts of a report.
#pragma once

#include "dataset/data_set.h"
#include "report/report.h"

namespace terrace {

/// Adds measures, confusion matrix, reliability, depths and learning curve from an evaluation.json.
void add_evaluation(const nlohmann::ordered_json& evaluation, ReportContent& report);

/// Adds the patterns of one matched-projection pair at three positions across the interface.
void add_twins(const DataSet& data, ReportContent& report);

}  // namespace terrace
