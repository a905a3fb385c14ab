"""What the settings say, and what they let others do."""

from bridge.cli.declared_clients import declared_clients
from bridge.cli.doctor.finding import Finding
from bridge.config import BadSettings, Settings


async def examine_settings(settings: Settings) -> list[Finding]:
    findings = [Finding("settings", "ok", f"issuer {settings.issuer}")]
    if settings.simulated:
        hosts = dict.fromkeys((settings.authorize_host, *settings.api_hosts))
        text = f"WeChat is simulated: anyone can be anyone; it is {', '.join(hosts)}"
        findings.append(Finding("settings", "warning", text))
    elif len(settings.api_hosts) == 1:
        # https://developers.weixin.qq.com/doc/service/Basic_Information/Interface_field_description.html
        text = (
            "there is no other host for when this one fails: add api2.weixin.qq.com, which is"
            " WeChat's for disasters, to api_hosts"
        )
        findings.append(Finding("settings", "warning", text))
    if settings.registration.mode == "open":
        entered = "anyone" if settings.registration.may_enter is None else "whom you let"
        text = f"whoever reaches the bridge may register an app, for {entered} to enter"
        findings.append(Finding("settings", "warning", text))
    try:
        declared = declared_clients(settings)
    except BadSettings as error:
        findings.append(Finding("settings", "FAILED", str(error)))
    else:
        if declared:
            text = f"{len(declared)} clients stand in the settings"
            findings.append(Finding("settings", "ok", text))
    return findings
