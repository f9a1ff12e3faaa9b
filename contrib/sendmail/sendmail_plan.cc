#include "contrib/sendmail/sendmail_plan.h"

#include "contrib/sendmail/draft.h"
#include "contrib/sendmail/portcullis_m4.h"
#include "contrib/sendmail/sasl_files.h"

namespace portcullis {

sendmail::Draft sendmail::drafted(const MtaSettings& settings, const SendmailTarget& target) {
  Draft draft(settings, target);
  for (auto* const part :
       {draft_server, draft_daemons, draft_milter, draft_certificates, draft_client_rules,
        draft_authentication, draft_routes, draft_outgoing_tls}) {
    part(draft);
  }
  return draft;
}

SendmailPlan plan_sendmail(const MtaSettings& settings, const SendmailTarget& target,
                           const std::optional<std::string>& password) {
  sendmail::Draft draft = sendmail::drafted(settings, target);
  SendmailPlan plan{{}, std::move(draft.found)};
  if (plan.found.has_errors()) return plan;
  plan.files.push_back(
      {"portcullis.m4", sendmail::write_portcullis_m4(draft.statements, settings.policy_file)});
  plan.files.push_back({"sendmail.mc", sendmail::whole_sendmail_mc(target)});
  for (sendmail::SaslFile& file : sendmail::sasl_files(settings, target, password)) {
    plan.files.push_back({std::move(file.path), std::move(file.text), file.secret});
  }
  return plan;
}

}  // namespace portcullis
