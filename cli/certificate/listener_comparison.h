#pragma once

#include <optional>
#include <string>

#include "cli/command.h"
#include "cli/json_text.h"
#include "cli/report.h"
#include "tls/certificate_check.h"
#include "tls/presented_certificates.h"

namespace portcullis {

// --connect HOST:PORT [--starttls smtp | --implicit]
struct ConnectArguments {
  std::optional<std::string> to;
  std::optional<TlsStart> start;  // nothing: by the port
  bool implicit = false;
};

void add_connect_options(Command& command, ConnectArguments& arguments);

// The listener that is to be asked, or nothing if there is no --connect.
Found<std::optional<TlsListener>> listener_asked_for(const ConnectArguments& arguments);

// What a running listener shows, held against the certificates of the files.
struct ListenerComparison {
  bool answered = false;
  PresentedCertificates presented;
  Diagnostics found;
};

ListenerComparison compare_with_listener(const TlsListener& listener,
                                         const CheckedCertificates& files);

// "place", "protocol", "cipher", "same", "certificates".
Json to_json(const TlsListener& listener, const ListenerComparison& comparison);
// "127.0.0.1:25 presents the same, by TLSv1.3".
std::string summary(const TlsListener& listener, const ListenerComparison& comparison);

}  // namespace portcullis
