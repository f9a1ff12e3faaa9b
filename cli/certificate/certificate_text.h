#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/exit_code.h"
#include "cli/json_text.h"
#include "tls/certificate_check.h"

namespace portcullis {

// Certificates and what was found about them, for people and as JSON: the same words and keys in
// all subcommands.

Json to_json(const CertificateFacts& facts);
Json to_json(const std::vector<CertificateFacts>& certificates);
// Several lines, with file and line above them.
std::string described(const CertificateFacts& facts);
// "mx1: CN=mx.example.com until 2027-01-31T00:00:00Z, 2 certificates: no errors".
std::string summary(std::string_view what, const CheckedCertificates& checked);

// "2027-01-31T00:00:00Z", "?" if it is no time.
std::string date(const std::optional<Time>& time);

ExitCode exit_code(const Diagnostics& found);

}  // namespace portcullis
