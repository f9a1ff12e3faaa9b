#pragma once

#include <string>

#include "policy/policy.h"

namespace portcullis {

// "2027-01-31T00:00:00Z".
std::string date_text(Time time);

}  // namespace portcullis
