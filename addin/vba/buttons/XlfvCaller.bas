Attribute VB_Name = "XlfvCaller"
Option Explicit
'The way from this workbook to the add-in.

Public Sub XlfvCall(ByVal Button As String)
    Dim addin As Workbook
    On Error Resume Next
    Set addin = Workbooks("xlfv.xlam") 'loaded already: Excel is never left to look for a file of that name
    On Error GoTo failure
    If addin Is Nothing Then
        MsgBox "The add-in xlfv is not loaded: run ""xlfv install"" in a command window and start Excel again.", vbExclamation, "xlfv"
    Else
        Application.Run "xlfv.xlam!XlfvPress", Button, ThisWorkbook.Name
    End If
    Exit Sub
failure:
    MsgBox Err.Description, vbExclamation, "xlfv"
End Sub
