#pragma once

#include <vector>

#include "contrib/postfix/postfix_plan.h"

namespace portcullis {

// The plan as files: settings for main.cf, services for master.cf, then its maps. Pure.
std::vector<GeneratedFile> generated_files(const MtaSettings& policy, const PostfixPlan& plan);

}  // namespace portcullis
