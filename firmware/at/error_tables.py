"""Numbers and texts of +CME ERROR (27.007 9.2) and +CMS ERROR (27.005 3.2.5), complete.

The tables are kept as the standards print them, one ``number text`` a line.
"""

from __future__ import annotations

from typing import Final

# 27.007 9.2.1 (general), 9.2.2 (packet domain, EPS, 5GS), 9.2.3 (VBS/VGCS)
_CME: Final = """
0 phone failure
1 no connection to phone
2 phone-adaptor link reserved
3 operation not allowed
4 operation not supported
5 PH-SIM PIN required
6 PH-FSIM PIN required
7 PH-FSIM PUK required
10 SIM not inserted
11 SIM PIN required
12 SIM PUK required
13 SIM failure
14 SIM busy
15 SIM wrong
16 incorrect password
17 SIM PIN2 required
18 SIM PUK2 required
20 memory full
21 invalid index
22 not found
23 memory failure
24 text string too long
25 invalid characters in text string
26 dial string too long
27 invalid characters in dial string
30 no network service
31 network timeout
32 network not allowed - emergency calls only
40 network personalization PIN required
41 network personalization PUK required
42 network subset personalization PIN required
43 network subset personalization PUK required
44 service provider personalization PIN required
45 service provider personalization PUK required
46 corporate personalization PIN required
47 corporate personalization PUK required
48 hidden key required
49 EAP method not supported
50 incorrect parameters
51 command implemented but currently disabled
52 command aborted by user
53 not attached to network due to MT functionality restrictions
54 modem not allowed - MT restricted to emergency calls only
55 operation not allowed because of MT functionality restrictions
56 fixed dial number only allowed - called number is not a fixed dial number
57 temporarily out of service due to other MT usage
58 language/alphabet not supported
59 unexpected data value
60 system failure
61 data missing
62 call barred
63 message waiting indication subscription failure
100 unknown
102 IMSI unknown in HSS
103 illegal MS
104 IMSI unknown in VLR
105 IMEI not accepted
106 illegal ME
107 GPRS services not allowed
108 GPRS services and non-GPRS services not allowed
109 UE identity cannot be derived by the network
110 implicitly detached
111 PLMN not allowed
112 location area not allowed
113 roaming not allowed in this location area
114 GPRS services not allowed in this PLMN
115 no suitable cells in location area
116 MSC temporarily not reachable
117 network failure
118 CS domain not available
119 ESM failure
122 congestion
124 MBMS bearer capabilities insufficient for the service
125 not authorized for this CSG
126 insufficient resources
127 missing or unknown APN
128 unknown PDP address or PDP type
129 user authentication failed
130 activation rejected by GGSN, Serving GW or PDN GW
131 activation rejected, unspecified
132 service option not supported
133 requested service option not subscribed
134 service option temporarily out of order
135 NSAPI or PTI already in use
136 regular deactivation
137 QoS not accepted
138 call cannot be identified
139 CS service temporarily not available
140 feature not supported
141 semantic error in the TFT operation
142 syntactical error in the TFT operation
143 unknown PDP context
144 semantic errors in packet filter(s)
145 syntactical errors in packet filter(s)
146 PDP context without TFT already activated
147 multicast group membership time-out
148 unspecified GPRS error
149 PDP authentication failure
150 invalid mobile class
151 last PDN disconnection not allowed
171 last PDN disconnection not allowed
172 semantically incorrect message
173 invalid mandatory information
174 message type non-existent or not implemented
175 conditional IE error
176 protocol error, unspecified
177 operator determined barring
178 maximum number of PDP contexts reached
179 requested APN not supported in current RAT and PLMN combination
180 request rejected, bearer control mode violation
181 unsupported QCI or 5QI value
182 user data transmission via control plane is congested
183 SMS provided via GPRS in routing area
184 invalid PTI value
185 no bearer activated
186 message not compatible with the protocol state
187 recovery on timer expiry
188 invalid transaction identifier value
189 service option not authorized in this PLMN
190 network failure
191 reactivation requested
192 PDN type IPv4 only allowed
193 PDN type IPv6 only allowed
194 single address bearers only allowed
195 collision with network initiated request
196 PDN type IPv4v6 only allowed
197 PDN type non IP only allowed
198 bearer handling not supported
199 APN restriction value incompatible with active PDP context
200 multiple accesses to a PDN connection not allowed
201 ESM information not received
202 PDN connection does not exist
203 multiple PDN connections for a given APN not allowed
204 severe network failure
205 insufficient resources for specific slice and DNN
206 not supported SSC mode
207 insufficient resources for specific slice
208 message type not compatible with the protocol state
209 information element non-existent or not implemented
210 N1 mode not allowed
211 restricted service area
212 LADN not available
213 missing or unknown DNN in a slice
214 ngKSI already in use
215 payload was not forwarded
216 non-3GPP access to 5GCN not allowed
217 serving network not authorized
218 DNN not supported or not subscribed in the slice
219 insufficient user-plane resources for the PDU session
220 out of LADN service area
221 PTI mismatch
222 maximum data rate for user-plane integrity protection is too low
223 semantic error in the QoS operation
224 syntactical error in the QoS operation
225 invalid mapped EPS bearer identity
226 redirection to 5GCN required
227 redirection to EPC required
228 temporarily not authorized for this SNPN
229 permanently not authorized for this SNPN
230 PDN type Ethernet only allowed
231 not authorized for this CAG
232 no network slices available
233 wireline access area not allowed
"""

# 27.005 3.2.5; 1-127 are the causes of 24.011 annex E-2, 128-255 those of 23.040 9.2.3.22
_CMS: Final = """
1 unassigned (unallocated) number
8 operator determined barring
10 call barred
17 network failure
21 short message transfer rejected
22 congestion
27 destination out of service
28 unidentified subscriber
29 facility rejected
30 unknown subscriber
38 network out of order
41 temporary failure
42 congestion
47 resources unavailable, unspecified
50 requested facility not subscribed
69 requested facility not implemented
81 invalid short message transfer reference value
95 invalid message, unspecified
96 invalid mandatory information
97 message type non-existent or not implemented
98 message not compatible with short message protocol state
99 information element non-existent or not implemented
111 protocol error, unspecified
127 interworking, unspecified
128 telematic interworking not supported
129 short message type 0 not supported
130 cannot replace short message
143 unspecified TP-PID error
144 data coding scheme (alphabet) not supported
145 message class not supported
159 unspecified TP-DCS error
160 command cannot be actioned
161 command unsupported
175 unspecified TP-Command error
176 TPDU not supported
192 SC busy
193 no SC subscription
194 SC system failure
195 invalid SME address
196 destination SME barred
197 SM rejected-duplicate SM
198 TP-VPF not supported
199 TP-VP not supported
208 (U)SIM SMS storage full
209 no SMS storage capability in (U)SIM
210 error in MS
211 memory capacity exceeded
212 (U)SIM application toolkit busy
213 (U)SIM data download error
255 unspecified error cause
300 ME failure
301 SMS service of ME reserved
302 operation not allowed
303 operation not supported
304 invalid PDU mode parameter
305 invalid text mode parameter
310 (U)SIM not inserted
311 (U)SIM PIN required
312 PH-(U)SIM PIN required
313 (U)SIM failure
314 (U)SIM busy
315 (U)SIM wrong
316 (U)SIM PUK required
317 (U)SIM PIN2 required
318 (U)SIM PUK2 required
320 memory failure
321 invalid memory index
322 memory full
330 SMSC address unknown
331 no network service
332 network timeout
340 no +CNMA acknowledgement expected
500 unknown error
"""


def _table(text: str) -> dict[int, str]:
    rows = (line.split(" ", 1) for line in text.strip().splitlines())
    return {int(code): meaning for code, meaning in rows}


def _key(text: str) -> str:
    """Letters and digits only: modems differ in case, blanks, dashes and ``(U)SIM``."""
    plain = text.casefold().replace("(u)sim", "sim").replace("usim", "sim")
    return "".join(character for character in plain if character.isalnum())


CME_ERRORS: Final = _table(_CME)
CMS_ERRORS: Final = _table(_CMS)


def _codes_by_text(table: dict[int, str]) -> dict[str, int]:
    # The lowest number wins where two rows share a text (151 and 171, 117 and 190).
    return {_key(text): code for code, text in sorted(table.items(), reverse=True)}


_CME_CODES: Final = _codes_by_text(CME_ERRORS) | {
    _key("unknown error"): 100,  # Quectel, SIMCom: "+CME ERROR: unknown error"
    _key("invalid parameters"): 50,
}
_CMS_CODES: Final = _codes_by_text(CMS_ERRORS)


def cme_code(text: str) -> int | None:
    """The number of a +CME ERROR text in whatever case and spacing, ``None`` if unknown."""
    return _CME_CODES.get(_key(text))


def cms_code(text: str) -> int | None:
    """The number of a +CMS ERROR text in whatever case and spacing, ``None`` if unknown."""
    return _CMS_CODES.get(_key(text))
