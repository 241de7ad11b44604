// The learning curve as it is stored in model files and checkpoints.
#include "learning/training.h"

namespace terrace {

nlohmann::ordered_json to_json(const EpochReport& r) {
  return {{"member", r.member},
          {"epoch", r.epoch},
          {"epochs", r.epochs},
          {"learning_rate", r.learning_rate},
          {"training_loss", r.training_loss},
          {"validation_loss", r.validation_loss},
          {"class_accuracy", r.class_accuracy},
          {"within_one_cell", r.within_one_cell},
          {"seconds", r.seconds}};
}

EpochReport epoch_report_from_json(const nlohmann::ordered_json& json) {
  EpochReport r;
  json.at("member").get_to(r.member);
  json.at("epoch").get_to(r.epoch);
  json.at("epochs").get_to(r.epochs);
  json.at("learning_rate").get_to(r.learning_rate);
  json.at("training_loss").get_to(r.training_loss);
  json.at("validation_loss").get_to(r.validation_loss);
  json.at("class_accuracy").get_to(r.class_accuracy);
  json.at("within_one_cell").get_to(r.within_one_cell);
  json.at("seconds").get_to(r.seconds);
  return r;
}

}  // namespace terrace
