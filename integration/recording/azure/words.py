"""Microsoft's own words in what Azure answers: nobody's names and values, which every tenant may have."""

PLAIN = frozenset(
    "access accesstier accountkind activationstate activedirectoryauth administratortype allocationstate "
    "allowedauthenticationmodes allowedmethods assessmenttype assignmentscopevalidation assignmenttype "
    "authorizationsource autoprovision backupmanagementtype backupstorageredundancy bypass categorygroup "
    "certificatepermissions certificatesource circuitconnectionstatus circuitprovisioningstate clientcertificatemode "
    "clientcertmode clusterstate code collation compliancestate compressionstate connectionprotocol connectionstate "
    "connectionstatus connectiontype connectivitystatus createdbytype createmode createoption crossregionrestore "
    "currentbackupstorageredundancy currentkubernetesversion currentprotectionstate customhttpsprovisioningstate "
    "datamaskingstate datasourcetype defaultaction denyassignmenteffect deploymentstatus diagnosticlevel direction "
    "directoryserviceoptions diskstate effect enabledprotocols enabledstate encryptionkeysource encryptiontype "
    "endpointtype enforcement enforcementmode eventdeliveryschema exactversion exemptioncategory family "
    "firewallmode forwardingprotocol ftpsstate gatewaytype georedundantbackup highavailability hostpooltype httpsonly "
    "hypervgeneration identitytype impact implementationeffort intent ipprotocols javaversion keyops keys keysource "
    "keytype kind kty kubernetesversion lastmodifiedbytype level licensetype linuxfxversion loadbalancertype location "
    "locations lockduration minimaltlsversion minimumtlsversion mintlsversion mode natgatewaytype networkaccesspolicy "
    "networkplugin networkpolicy nexthoptype nextnetworkhoptype offertype orchestrationmode "
    "orchestratorversion osstate ostype outboundtype patchmode peeringstate permissions phpversion platform "
    "policydefinitiontype policytype powerstate pricingtier principaltype priority privateendpointnetworkpolicies "
    "privateipallocationmethod processorarchitecture productname protocol protocols provisioningstate publicaccess "
    "publicipallocationmethod publicnetworkaccess pythonversion quotaid recommendationtype recordtype redundancy "
    "region replicationrole resourcestate rootsquash rotationpolicy routingstate rulecollectiontype rulesettype "
    "rulestate ruletype runningstatus runtimeversion scaletype secrets securitytype serverkeytype servicekind "
    "severity size skuname softdeletestate sourcekind sourcetype spendinglimit sslenforcement "
    "standardtierstorageredundancy state status statuscode storage storageaccounttype storagesku storagetype subplan "
    "supportedprotocols targettype techniques threatintelmode threats tier tlsversion trafficroutingmethod "
    "triggertype type typehandlerversion upgradechannel upgrademode userimpact uservisiblestate vendorname "
    "virtualnetworktype vmsize vpnauthenticationtypes vpntype windowsedition workloadtype zoneredundancy "
    "zonetype".split()
)
"""Properties, in lower case, whose values come from lists that Microsoft publishes (Azure Resource Manager's REST
reference), regions included."""

ADDRESSES = frozenset(
    "allowedsourceaddressprefix destinationaddresses destinationaddressprefix destinationaddressprefixes "
    "sourceaddresses sourceaddressprefix sourceaddressprefixes".split()
)
"""Properties, in lower case, that name service tags beside addresses."""

VALUES = frozenset(
    "* any all allow deny inbound outbound tcp udp icmp esp ah internet virtualnetwork azureloadbalancer true false on "
    "off yes no none null default enabled disabled active inactive succeeded failed user group serviceprincipal "
    "systemassigned userassigned system everyone mytenantonly 0.0.0.0 255.255.255.255 0.0.0.0-255.255.255.255 "
    "0.0.0.0/0 ::/0 @ @odata.type".split()
)
"""Values, in lower case, that stay wherever they stand."""

BUILT_IN = frozenset(
    "$account-encryption-key $default $logs $root $system $web * @ activeadministrator activedirectory "
    "allowazureloadbalancerinbound allowinternetoutbound allowvnetinbound allowvnetoutbound azuread "
    "azurebastionsubnet azurefirewallmanagementsubnet azurefirewallsubnet azureprivatepeering azurepublicpeering "
    "certificates current default denyallinbound denyalloutbound gatewaysubnet keys master mcas "
    "microsoftpeering model msdb mssql rootmanagesharedaccesskey routeserversubnet secrets sentinel "
    "tempdb wdatp wdatp_exclude_linux_public_preview wdatp_unified_solution ".split()
)
"""Names, in lower case, that Azure itself gives to resources, and what stands beside names in addresses."""
