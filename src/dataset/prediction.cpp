#include "dataset/prediction.h"

namespace terrace {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Prediction, class_probability, depth_probability, depth_bin_nm, depth_nm,
                                   depth_low_nm, depth_high_nm, step_height_probability_up, sigma_a_cells,
                                   sigma_a_error, sigma_b_cells, sigma_b_error, thickness_nm, covered_share,
                                   out_of_domain, abstains, reasons, summary)

}  // namespace terrace
