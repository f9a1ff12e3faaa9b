#pragma once

#include <string>

namespace portcullis {

// The options of the policy file as the mdoc(7) text that stands in portcullis.conf(5), made from
// the option table. `portcullis dump --man` prints it; a test holds the page against it.
std::string option_manual();

}  // namespace portcullis
