Attribute VB_Name = "XlfvCaller"
Option Explicit
'The way from this workbook to the add-in.

Public Sub XlfvCall(ByVal Button As String)
    On Error GoTo missing
    Application.Run "xlfv.xlam!XlfvPress", Button, ThisWorkbook.Name
    Exit Sub
missing:
    MsgBox "The add-in xlfv is not loaded: run ""xlfv install"" in a command window and start Excel again." & vbLf & vbLf & Err.Description, vbExclamation, "xlfv"
End Sub
